// Where trajectories begin: the numbers that numpy.random.default_rng draws, so that the particles are the
// film's own. PCG64 (M. O'Neill, 2014) seeded by NumPy's SeedSequence; see fields/particles/starts.py.

const BITS_64 = (1n << 64n) - 1n, BITS_128 = (1n << 128n) - 1n;
const PCG_MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;
const PLASTIC = 1.324717957244746;

class Generator {
  constructor(...entropy) {
    const [a, b, c, d] = seedWords(entropy);
    this.increment = (((c << 64n | d) << 1n) | 1n) & BITS_128;
    this.state = 0n;
    this.advance();
    this.state = (this.state + (a << 64n | b)) & BITS_128;
    this.advance();
    this.kept = null; // the upper half of a number whose lower half was asked for
  }

  advance() {
    this.state = (this.state * PCG_MULTIPLIER + this.increment) & BITS_128;
  }

  word() {
    this.advance();
    const turn = this.state >> 122n, mixed = ((this.state >> 64n) ^ this.state) & BITS_64;
    return ((mixed >> turn) | (mixed << ((64n - turn) & 63n))) & BITS_64;
  }

  random() {
    return Number(this.word() >> 11n) / 2 ** 53;
  }

  half() {
    if (this.kept !== null) {
      const kept = this.kept;
      this.kept = null;
      return kept;
    }
    const word = this.word();
    this.kept = Number(word >> 32n);
    return Number(word & 0xffffffffn);
  }

  // A whole number from 0 to most, evenly: those that are too large are drawn again.
  upTo(most) {
    const mask = 2 ** (32 - Math.clz32(most)) - 1;
    for (;;) {
      const drawn = (this.half() & mask) >>> 0;
      if (drawn <= most) return drawn;
    }
  }

  shuffle(list) {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.upTo(i);
      [list[i], list[j]] = [list[j], list[i]];
    }
  }
}

// Four words of 64 bits from whole numbers below 2^32, by SeedSequence.
function seedWords(entropy) {
  const times = (x, y) => Math.imul(x, y) >>> 0;
  let constant = 0x43b0d7e5;
  const hashed = (value) => {
    value = (value ^ constant) >>> 0;
    constant = times(constant, 0x931e8875);
    value = times(value, constant);
    return (value ^ (value >>> 16)) >>> 0;
  };
  const mixed = (x, y) => {
    const sum = (times(x, 0xca01f9dd) - times(y, 0x4973f715)) >>> 0;
    return (sum ^ (sum >>> 16)) >>> 0;
  };
  const pool = [0, 1, 2, 3].map((i) => hashed(entropy[i] ?? 0));
  for (let from = 0; from < 4; from++) {
    for (let to = 0; to < 4; to++) {
      if (from !== to) pool[to] = mixed(pool[to], hashed(pool[from]));
    }
  }
  constant = 0x8b51f9dd;
  const words = [];
  for (let i = 0; i < 8; i++) {
    let value = (pool[i % 4] ^ constant) >>> 0;
    constant = times(constant, 0x58f38ded);
    value = times(value, constant);
    words.push(BigInt((value ^ (value >>> 16)) >>> 0));
  }
  return [0, 2, 4, 6].map((i) => words[i] | (words[i + 1] << 32n));
}

// The trajectories of fields.Stream, by number: where each begins, in weights.
class Starts {
  constructor({ seed, count, extent, cycle }) {
    this.seed = seed;
    this.count = count;
    this.extent = extent;
    this.cycle = cycle; // after so many lives they repeat; 0 if they never do
    this.size = Math.min(Math.max(Math.floor(count / 2), 2048), 8192);
    const shift = new Generator(seed);
    this.shift = [shift.random(), shift.random()];
    this.blocks = new Map();
  }

  at(life) {
    if (this.cycle) life = ((life % this.cycle) + this.cycle) % this.cycle;
    const number = Math.floor(life / this.size);
    let block = this.blocks.get(number);
    if (!block) {
      block = this.block(number);
      this.blocks.set(number, block);
      if (this.blocks.size > 40) this.blocks.delete(this.blocks.keys().next().value);
    }
    const k = 2 * (life - number * this.size);
    return [block[k], block[k + 1]];
  }

  block(number) {
    const first = number * this.size;
    const end = this.cycle ? Math.min(first + this.size, this.cycle) : first + this.size;
    const chance = new Generator(this.seed, ((first % 2 ** 32) + 2 ** 32) % 2 ** 32);
    const loose = [];
    for (let life = first; life < end; life++) {
      loose.push([0, 1].map((axis) => {
        const even = this.shift[axis] + life * (axis ? 1 / PLASTIC ** 2 : 1 / PLASTIC);
        const place = even + (chance.random() - 0.5) / Math.sqrt(this.count);
        return this.extent * (1e-3 + 1.049 * (place - Math.floor(place)));
      }));
    }
    chance.shuffle(loose);
    return Float64Array.from(loose.flat());
  }
}
