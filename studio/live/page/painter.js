// The same light without a GPU, where drawing quads is slow: particles are followed by WebGL2 still,
// and their trails are drawn here, walked along their major axis as stage/engine/segments.py does.

const TONES = 4096, BRIGHTEST = 8; // entries of a table of tones, and the light of the last one
const UNSEEN = 0.004; // a level of light, as in streak.vert.glsl
const TILE = 5;       // tiles are 32 pixels wide: their light fits into the first cache
const PIECE = 7;      // numbers: where a piece begins, how bright, where it ends, how bright; its colour

class CpuPainter {
  constructor(swarm, canvas) {
    this.swarm = swarm;
    this.canvas = canvas;
    this.to = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    this.tones = [0, 1, 2].map(() => new Uint8Array(TONES));
    this.pieces = new Float32Array(0);
    this.ordered = new Float32Array(0);
    this.fitted = "";
    swarm.read();
  }

  draw(place, colours) {
    this.fit(place, colours);
    this.light.fill(0);
    this.add(this.segments(place), this.swarm.stroke(place[2])[0], colours);
    this.toneMap();
  }

  fit(place, colours) {
    const { width, height } = this.canvas;
    const key = JSON.stringify([width, height, place, colours.ground]);
    if (key === this.fitted) return;
    this.fitted = key;
    const [left, bottom, right, top] = this.swarm.frame(place, width, height);
    Object.assign(this, { left, top: height - top });
    this.columns = right - left;
    this.rows = top - bottom;
    this.light = new Float32Array(3 * this.columns * this.rows);
    this.image = this.to.createImageData(Math.max(this.columns, 1), Math.max(this.rows, 1));
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.to.fillStyle = `rgb(${colours.ground.map((part) => Math.round(255 * part))})`;
    this.to.fillRect(0, 0, width, height);
    this.tones.forEach((table, k) => {
      const ground = colours.ground[k];
      for (let i = 0; i < TONES; i++) {
        const seen = 1 - Math.exp((-(i + 0.5) * BRIGHTEST) / TONES * (i > 0));
        const made = colours.paper ? ground * (1 - seen) : ground + (1 - ground) * seen;
        table[i] = Math.round(255 * made);
      }
    });
  }

  // Light as film shows it: 1 - exp(-x), from tables.
  toneMap() {
    const { light, pixels, tones: [red, green, blue] } = this, scale = TONES / BRIGHTEST;
    const dark = 0xff000000 | red[0] | (green[0] << 8) | (blue[0] << 16), last = TONES - 1;
    for (let i = 0, k = 0; i < pixels.length; i++, k += 3) {
      const r = light[k], g = light[k + 1], b = light[k + 2];
      pixels[i] = r + g + b === 0 ? dark : 0xff000000
        | red[Math.min(r * scale, last) | 0]
        | (green[Math.min(g * scale, last) | 0] << 8)
        | (blue[Math.min(b * scale, last) | 0] << 16);
    }
    this.to.putImageData(this.image, this.left, this.top);
  }

  // Pieces of all trails, as streak.vert.glsl has them, each PIECE numbers: how many there are.
  segments([x0, y0, across, up]) {
    const { swarm } = this, { look, gap } = swarm, { count, lifetime, trail } = look;
    const { each, end, last, segments, stride, shown, ahead, since } = swarm.trails(across);
    const layer = (number) => swarm.kept[mod(number, swarm.layers)];
    const ends = Array.from({ length: segments + 1 }, (_, k) => layer(end + (1 - k) * each));
    const [next, before, first] = [0, 1, 2].map((k) => layer(swarm.layer - k));
    const starts = swarm.begins, strength = swarm.stroke(across)[1];
    const dark = look.edge[1] * look.extent, rim = dark - look.edge[0] * look.extent;
    const comes = look.fade[0] * lifetime, goes = look.fade[1] * lifetime;
    const left = x0 - this.left, base = this.canvas.height - y0 - this.top;
    const passed = swarm.time - end * LAYER, piece = each * LAYER, newest = mod(last, count);
    const part = 1 - ahead / LAYER, bend = 0.5 * part * (part - 1);
    if (this.pieces.length < PIECE * segments * shown) {
      this.pieces = new Float32Array(PIECE * segments * look.count);
    }
    const { pieces } = this;
    let n = 0;
    for (let number = 0; number < shown; number++) {
      const slot = (number * stride) % count, x = 4 * slot, y = x + 1;
      const age = ((newest - slot + count) % count) * gap + since;
      for (let k = age + ahead > lifetime ? 1 : 0; k < segments; k++) {
        let old = passed + k * piece;
        const young = k === 0 ? 0 : old - piece;
        if (young > trail) break;
        if (old <= young) continue;
        let w1 = ends[k][x], w2 = ends[k][y], from = ends[k + 1], life = age;
        if (k === 0) { // on the parabola through the last three layers of its life
          const born = age <= LAYER - ahead, share = born ? age / (age + ahead) : part;
          const rest = age > 2 * LAYER - ahead ? bend : 0, one = born ? starts : before;
          w1 = one[x] + share * (next[x] - one[x]);
          w2 = one[y] + share * (next[y] - one[y]);
          if (rest) {
            w1 += rest * (next[x] - 2 * before[x] + first[x]);
            w2 += rest * (next[y] - 2 * before[y] + first[y]);
          }
        }
        if (young <= age && age < old) {
          from = starts;
          old = age;
        } else if (young > age) {
          life += lifetime; // that of the particle before, whose trail is still seen
        }
        const v1 = from[x], v2 = from[y], d1 = w1 - v1, d2 = w2 - v2;
        if (!(Math.abs(d1) + Math.abs(d2) < 1e4 && Math.abs(w1) + Math.abs(w2) < 1e4)) continue;
        // a piece of a trail dims from its beginning: half a piece of 1/60 s later than its middle
        const bright = (trail + 1 / 120 - young) / trail * smoothed((life - young) / comes)
          * smoothed((lifetime - life + young) / goes) * smoothed((dark - w1) / rim)
          * smoothed((dark - w2) / rim);
        const faint = Math.max((trail + 1 / 120 - old) / trail, 0) * smoothed((life - old) / comes)
          * smoothed((lifetime - life + old) / goes) * smoothed((dark - v1) / rim)
          * smoothed((dark - v2) / rim);
        if (bright < UNSEEN && faint < UNSEEN) continue;
        const square = d1 * d1, whole = square + d2 * d2;
        pieces[n] = left + w1 * across;
        pieces[n + 1] = base - w2 * up;
        pieces[n + 2] = strength * bright;
        pieces[n + 3] = left + v1 * across;
        pieces[n + 4] = base - v2 * up;
        pieces[n + 5] = strength * faint;
        pieces[n + 6] = whole > 0 ? (2 * square) / whole : 1;
        n += PIECE;
      }
    }
    return n;
  }

  // Order pieces by tiles of the picture: what is near one another is added while it is in a cache.
  order(n) {
    const { pieces } = this, wide = (this.columns >> TILE) + 1, high = (this.rows >> TILE) + 1;
    const ends = new Uint32Array(wide * high + 1), count = n / PIECE;
    if (this.ordered.length < pieces.length) {
      this.ordered = new Float32Array(pieces.length);
      this.tiles = new Uint32Array(pieces.length / PIECE);
    }
    const { ordered, tiles } = this;
    for (let k = 0; k < count; k++) {
      const x = Math.min(Math.max(pieces[PIECE * k], 0), this.columns) >> TILE;
      const y = Math.min(Math.max(pieces[PIECE * k + 1], 0), this.rows) >> TILE;
      tiles[k] = x + wide * y;
      ends[tiles[k] + 1] += 1;
    }
    for (let tile = 1; tile < ends.length; tile++) ends[tile] += ends[tile - 1];
    for (let k = 0; k < count; k++) {
      const to = PIECE * ends[tiles[k]]++;
      for (let part = 0; part < PIECE; part++) ordered[to + part] = pieces[PIECE * k + part];
    }
    return ordered;
  }

  // Leave the light of pieces that go from one brightness to another. Each column is weighted by how
  // much of it a piece covers, each row by how much of it so many pixels cover there.
  add(n, width, { first, second, both }) {
    const { light, columns, rows } = this, pieces = this.order(n);
    for (let k = 0; k < n; k += PIECE) {
      let x0 = pieces[k], y0 = pieces[k + 1], l0 = pieces[k + 2];
      let x1 = pieces[k + 3], y1 = pieces[k + 4], l1 = pieces[k + 5];
      const steep = Math.abs(y1 - y0) > Math.abs(x1 - x0);
      if (steep) [x0, y0, x1, y1] = [y0, x0, y1, x1];
      if (x0 > x1) [x0, y0, l0, x1, y1, l1] = [x1, y1, l1, x0, y0, l0];
      const long = steep ? rows : columns, wide = steep ? columns : rows, run = x1 - x0;
      const along = steep ? 3 * columns : 3, beside = steep ? 3 : 3 * columns;
      if (!(run > 1e-6)) continue;
      const share = pieces[k + 6], more = Math.min(share, 1), most = Math.max(share - 1, 0);
      const red = second[0] + more * (both[0] - second[0]) + most * (first[0] - both[0]);
      const green = second[1] + more * (both[1] - second[1]) + most * (first[1] - both[1]);
      const blue = second[2] + more * (both[2] - second[2]) + most * (first[2] - both[2]);
      const slope = (y1 - y0) / run, dims = (l1 - l0) / run, bent = Math.sqrt(1 + slope * slope);
      const stop = Math.min(x1, long), low = Math.min(y0, y1), high = Math.max(y0, y1);
      const plain = width === 1 && low > 1 && high < wide - 2; // else each row is asked for
      let x = Math.max(x0, 0);
      for (let column = x | 0; x < stop; column++) {
        const next = Math.min(column + 1, stop), middle = 0.5 * (x + next) - x0;
        const amount = (l0 + dims * middle) * (next - x) * bent;
        const top = y0 + slope * middle - 0.5 * width;
        x = next;
        if (plain) { // two rows
          const row = top | 0, one = amount * (1 - (top - row)), other = amount - one;
          const at = column * along + row * beside, beyond = at + beside;
          light[at] += one * red;
          light[at + 1] += one * green;
          light[at + 2] += one * blue;
          light[beyond] += other * red;
          light[beyond + 1] += other * green;
          light[beyond + 2] += other * blue;
          continue;
        }
        let row = Math.floor(top), covered = 1 - (top - row);
        for (let rest = width - covered; covered > 0; row++) {
          if (row >= 0 && row < wide) {
            const at = column * along + row * beside, some = amount * covered;
            light[at] += some * red;
            light[at + 1] += some * green;
            light[at + 2] += some * blue;
          }
          covered = Math.min(rest, 1);
          rest -= 1;
        }
      }
    }
  }
}

function smoothed(x) {
  return x <= 0 ? 0 : x >= 1 ? 1 : x * x * (3 - 2 * x);
}
