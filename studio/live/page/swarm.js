// The particles on the GPU. A picture depends on time and settings alone: particles are followed on
// a grid of times, its layers, which are kept for as long as a trail; a picture lies between two.

const COLUMNS = 256, LAYER = 1 / 16; // seconds from one to the next, as fields.Stream has them
const COARSE = 12;                   // pixels that a straight piece of a trail may be long
const SOFTWARE = /SwiftShader|llvmpipe|softpipe|Basic Render|Software/i; // renderers without a GPU

class Swarm {
  // look: count, lifetime, trail, fade, edge, extent, width, strength
  constructor(canvas, look, starts) {
    this.look = look;
    this.starts = starts;
    this.shown = look.count;
    this.layers = Math.ceil(look.trail / LAYER) + 12;
    this.rows = Math.ceil(look.count / COLUMNS);
    this.gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
    if (!this.gl) throw new Error(say("This browser has no WebGL2."));
    this.begin();
  }

  // Make all that lives on the GPU, again after a lost context.
  begin() {
    const gl = this.gl;
    if (!gl.getExtension("EXT_color_buffer_float")) {
      throw new Error(say("This graphics processor cannot draw into numbers with a point."));
    }
    const told = gl.getExtension("WEBGL_debug_renderer_info");
    this.software = SOFTWARE.test(gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER));
    this.programs = new Map();
    const kind = gl.RGBA32F;
    this.history = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.history);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, kind, COLUMNS, this.rows, this.layers);
    nearest(gl, gl.TEXTURE_2D_ARRAY);
    this.head = table(gl, kind, COLUMNS, this.rows);
    this.born = table(gl, kind, COLUMNS, this.rows);
    this.target = gl.createFramebuffer();
    this.empty = gl.createVertexArray();
    gl.bindVertexArray(this.empty);
    this.begins = new Float32Array(4 * COLUMNS * this.rows);
    this.time = null;
  }

  // From now on keep each layer for the browser as well, in ``kept``.
  read() {
    const room = 4 * COLUMNS * this.rows;
    this.kept ??= Array.from({ length: this.layers }, () => new Float32Array(room));
    this.time = null;
  }

  // Take up a flow; particles go on from where they are, if they can.
  // afresh: the picture is to be as if it had always been so.
  follow(flow, afresh) {
    const same = this.flow && this.flow.chart === flow.chart;
    const changed = !same || this.flow.loss !== flow.loss
      || JSON.stringify(this.flow.settings) !== JSON.stringify(flow.settings);
    this.flow = flow;
    this.advect = this.compiled("advect.glsl");
    if ((afresh && changed) || (!same && !flow.chart.enter)) this.time = null;
  }

  compiled(file, { chart, loss } = this.flow) {
    const key = `${file} ${chart.glsl} ${loss.glsl}`;
    if (!this.programs.has(key)) {
      const [precision, rest] = cut(SHADERS[file]);
      const names = SETTINGS.map((name) => `uniform float ${name};`).join("\n");
      const parts = [precision, names, SHADERS["functions.glsl"], chart.glsl, loss.glsl,
        SHADERS["flow.glsl"], rest];
      this.programs.set(key, program(this.gl, SHADERS["whole.vert.glsl"], parts.join("\n")));
    }
    return this.programs.get(key);
  }

  // The particles of a time, in seconds, from nothing: all that were born since, and their trails.
  seek(time) {
    const gl = this.gl, { lifetime, trail, count } = this.look;
    this.layer = Math.floor((time - lifetime - trail) / LAYER) - 8;
    this.last = this.newest(this.layer * LAYER);
    for (let slot = 0; slot < count; slot++) this.place(slot, this.last - mod(this.last - slot, count));
    this.upload(0, this.rows);
    this.aim(this.head);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.head);
    gl.texSubImage2D(
      gl.TEXTURE_2D, 0, 0, 0, COLUMNS, this.rows, gl.RGBA, gl.FLOAT, this.begins);
    this.keep();
    this.time = this.layer * LAYER;
  }

  // Seconds between two births.
  get gap() {
    return this.look.lifetime / this.look.count;
  }

  // The last life that has begun at a time.
  newest(time) {
    return Math.floor(time / this.gap + 1e-9);
  }

  // Go on to a time: until a layer lies behind it. What lies far away is begun anew.
  advance(time) {
    const { lifetime, trail } = this.look, wanted = Math.floor(time / LAYER + 1e-9) + 1;
    const anew = this.time === null || wanted < this.layer
      || (wanted - this.layer) * LAYER > lifetime + trail;
    if (anew) this.seek(time);
    while (this.layer < wanted) this.step();
    this.time = time;
  }

  // Follow all to the next layer.
  step() {
    const gl = this.gl, { count } = this.look, from = this.layer * LAYER, to = from + LAYER;
    const first = this.newest(from) + 1, last = this.newest(to);
    for (let life = first; life <= last; life++) this.place(mod(life, count), life);
    if (last >= first) this.refresh(first, last);
    const use = this.advect;
    gl.useProgram(use.program);
    this.aim(this.head);
    gl.viewport(0, 0, COLUMNS, this.rows);
    gl.disable(gl.BLEND);
    this.bind(use, 0, gl.TEXTURE_2D_ARRAY, "u_before", this.history);
    this.bind(use, 1, gl.TEXTURE_2D, "u_starts", this.born);
    this.tell(use);
    gl.uniform1i(use.at("u_layer"), mod(this.layer, this.layers));
    gl.uniform4i(use.at("u_births"), count, mod(first, count), last - first + 1, COLUMNS);
    gl.uniform3f(use.at("u_time"), LAYER, this.gap, to - last * this.gap);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    this.layer += 1;
    this.keep();
  }

  // Draw into a table from now on.
  aim(texture) {
    const gl = this.gl;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  }

  tell(use, { settings } = this.flow) {
    const gl = this.gl;
    for (const [name, value] of Object.entries(settings)) gl.uniform1f(use.at(name), value);
  }

  bind(use, unit, kind, name, texture) {
    const gl = this.gl;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(kind, texture);
    gl.uniform1i(use.at(name), unit);
  }

  // Keep the head as the newest layer.
  keep() {
    const gl = this.gl, layer = mod(this.layer, this.layers);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.history);
    gl.copyTexSubImage3D(
      gl.TEXTURE_2D_ARRAY, 0, 0, 0, layer, 0, 0, COLUMNS, this.rows);
    if (this.kept) gl.readPixels(0, 0, COLUMNS, this.rows, gl.RGBA, gl.FLOAT, this.kept[layer]);
  }

  place(slot, life) {
    const w = this.starts.at(life);
    const z = this.flow.chart.enter ? [0, 0] : enterNear(this.flow, w, this.look.extent);
    this.begins.set([w[0], w[1], z[0], z[1]], 4 * slot);
  }

  // Upload the rows of some lives.
  refresh(first, last) {
    const { count } = this.look;
    if (last - first + 1 >= count) {
      this.upload(0, this.rows);
      return;
    }
    const from = Math.floor(mod(first, count) / COLUMNS);
    const to = Math.floor(mod(last, count) / COLUMNS) + 1;
    if (mod(first, count) <= mod(last, count)) {
      this.upload(from, to);
    } else {
      this.upload(from, this.rows);
      this.upload(0, to);
    }
  }

  upload(from, to) {
    const gl = this.gl, part = this.begins.subarray(4 * COLUMNS * from, 4 * COLUMNS * to);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.born);
    gl.texSubImage2D(
      gl.TEXTURE_2D, 0, 0, from, COLUMNS, to - from, gl.RGBA, gl.FLOAT, part);
  }

  // How the trails of now lie on the layers; weight: its pixels. ``end`` is the layer at which the
  // first piece ends, of ``each`` layers; ``ahead`` and ``since`` are seconds until the newest layer
  // and since the last birth.
  trails(weight) {
    const { look, layer, time } = this, each = this.coarseness(weight), last = this.newest(time);
    return {
      each, end: Math.floor((layer - 1) / each) * each, last,
      segments: Math.ceil(look.trail / (each * LAYER)) + 1,
      stride: this.shown < look.count ? this.stride : 1, shown: Math.round(this.shown),
      ahead: layer * LAYER - time, since: time - last * this.gap,
    };
  }

  // Layers to a straight piece of a trail: at even pace it is known how long that is, in pixels.
  coarseness(weight) {
    const { u_even, u_speed } = this.flow.settings;
    const pixels = u_even ? u_speed * weight * LAYER : Infinity;
    return Math.min(Math.max(Math.floor(COARSE / pixels), 1), 4);
  }

  // The pixels that light can reach: left, bottom, right and top, y upwards.
  frame([x, y, across, up], width, height) {
    const reach = this.look.edge[1] * this.look.extent, margin = 4;
    const within = (value, most) => Math.min(Math.max(value, 0), most);
    return [within(Math.floor(x) - margin, width), within(Math.floor(y) - margin, height),
      within(Math.ceil(x + reach * across) + margin, width),
      within(Math.ceil(y + reach * up) + margin, height)];
  }

  // Width of a trail in pixels, and its strength: finer ones than a pixel are as wide, and darker.
  stroke(weight) {
    const { look } = this, wide = look.width * ((weight * look.extent) / look.side);
    return [Math.max(wide, 1), look.strength * Math.min(wide, 1)];
  }

  // A whole number without a divisor in common with the count: every so many-th is an even choice.
  get stride() {
    const { count } = this.look;
    let stride = Math.round(0.618 * count);
    const divisor = (a, b) => (b ? divisor(b, a % b) : a);
    while (divisor(stride, count) !== 1) stride += 1;
    return stride;
  }

  // At coordinates z [[z1, z2], ...]: [w1, w2, v1, v2] of each, as the GPU has them.
  probe(places, flow = this.flow) {
    const gl = this.gl, use = this.compiled("probe.glsl", flow), rows = Math.ceil(places.length / COLUMNS);
    const from = table(gl, gl.RGBA32F, COLUMNS, rows), to = table(gl, gl.RGBA32F, COLUMNS, rows);
    const z = new Float32Array(4 * COLUMNS * rows), felt = new Float32Array(4 * COLUMNS * rows);
    places.forEach((place, k) => {
      z.set(place, 4 * k);
    });
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, from);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, COLUMNS, rows, gl.RGBA, gl.FLOAT, z);
    gl.useProgram(use.program);
    this.aim(to);
    gl.viewport(0, 0, COLUMNS, rows);
    gl.disable(gl.BLEND);
    this.bind(use, 0, gl.TEXTURE_2D, "u_places", from);
    this.tell(use, flow);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.readPixels(0, 0, COLUMNS, rows, gl.RGBA, gl.FLOAT, felt);
    gl.deleteTexture(from);
    gl.deleteTexture(to);
    return places.map((_, k) => [...felt.subarray(4 * k, 4 * k + 4)]);
  }
}

function mod(x, n) {
  return ((x % n) + n) % n;
}
