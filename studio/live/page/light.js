// The light of trails, added up by the GPU in numbers with a point, and shown as film shows it.

class GpuPainter {
  constructor(swarm) {
    const gl = swarm.gl;
    Object.assign(this, { swarm, gl });
    this.buffer = gl.createFramebuffer();
    this.light = null;
    this.index = gl.createBuffer();
    this.quads = 0;
    this.tone = program(gl, SHADERS["whole.vert.glsl"], SHADERS["tone.glsl"]);
    this.streaks = program(gl, SHADERS["streak.vert.glsl"], SHADERS["streak.frag.glsl"]);
  }

  // place: pixels of the origin and of a weight, y upwards.
  draw(place, colours) {
    const { gl, swarm } = this, { look } = swarm, { width, height } = gl.canvas;
    this.fit(width, height);
    const use = this.streaks;
    gl.useProgram(use.program);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.buffer);
    gl.viewport(0, 0, width, height);
    // elsewhere there is no light
    const [left, bottom, right, top] = swarm.frame(place, width, height);
    gl.scissor(left, bottom, right - left, top - bottom);
    gl.enable(gl.SCISSOR_TEST);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE);
    swarm.bind(use, 0, gl.TEXTURE_2D_ARRAY, "u_history", swarm.history);
    swarm.bind(use, 1, gl.TEXTURE_2D, "u_starts", swarm.born);
    const { each, end, last, segments, stride, shown, ahead, since } = swarm.trails(place[2]);
    const { layer, layers } = swarm, newest = mod(layer, layers);
    gl.uniform4i(use.at("u_slots"), look.count, mod(last, look.count), stride, COLUMNS);
    gl.uniform4i(use.at("u_layers"), layers, newest, newest - (layer - end), each);
    gl.uniform1i(use.at("u_segments"), segments);
    gl.uniform3f(use.at("u_ahead"), ahead, LAYER, 1 - ahead / LAYER);
    gl.uniform4f(use.at("u_clock"), since, swarm.gap, swarm.time - end * LAYER, each * LAYER);
    gl.uniform4f(use.at("u_life"), look.lifetime, look.trail,
      look.fade[0] * look.lifetime, look.fade[1] * look.lifetime);
    gl.uniform2f(use.at("u_edge"), look.edge[0] * look.extent, look.edge[1] * look.extent);
    gl.uniform4f(use.at("u_place"), ...place);
    gl.uniform2f(use.at("u_pixels"), width, height);
    gl.uniform2f(use.at("u_look"), ...swarm.stroke(place[2]));
    for (const name of ["first", "second", "both"]) {
      gl.uniform3f(use.at(`u_${name}`), ...colours[name]);
    }
    const quads = segments * shown;
    this.corners(quads);
    gl.drawElements(gl.TRIANGLES, 6 * quads, gl.UNSIGNED_INT, 0);
    gl.disable(gl.BLEND);
    gl.useProgram(this.tone.program);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.disable(gl.SCISSOR_TEST);
    gl.clearColor(...colours.ground, 1);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.enable(gl.SCISSOR_TEST);
    swarm.bind(this.tone, 0, gl.TEXTURE_2D, "u_light", this.light);
    gl.uniform3f(this.tone.at("u_ground"), ...colours.ground);
    gl.uniform1f(this.tone.at("u_paper"), colours.paper ? 1 : 0);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    gl.disable(gl.SCISSOR_TEST);
  }

  // Have the corners of so many quads, two triangles each.
  corners(quads) {
    const gl = this.gl;
    if (this.quads >= quads) return;
    const list = new Uint32Array(6 * quads);
    for (let k = 0; k < quads; k++) {
      list.set([4 * k, 4 * k + 1, 4 * k + 2, 4 * k + 2, 4 * k + 1, 4 * k + 3], 6 * k);
    }
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.index);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, list, gl.STATIC_DRAW);
    this.quads = quads;
  }

  fit(width, height) {
    const gl = this.gl;
    if (this.light && this.fitted === `${width} ${height}`) return;
    gl.deleteTexture(this.light);
    gl.activeTexture(gl.TEXTURE0);
    this.light = table(gl, gl.RGBA16F, width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.buffer);
    gl.framebufferTexture2D(
      gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.light, 0);
    this.fitted = `${width} ${height}`;
  }
}
