// One picture: the plane, its particles, and the paths over them, for one parameterization.

const AHEAD = 10.5, SAMPLES = 161, LAP = 5; // weights that a path goes; its bead goes along in 5 s
const MOST_STEPS = 3000, DOTS = 60;

// The flow of a state; which: "" or "2", for the second picture.
function flowOf(spec, state, which) {
  const kind = state[`kind${which}`], s = state[`s${which}`], even = state.pace === "even";
  const u_p = 2 - 2 * s, reference = referenceWeight(state);
  const [l0, l1, l2] = state.loss === "line" ? state.line : [...state.target, 0];
  const steady = spec.rate * (kind === "depth" ? reference ** -u_p : 1);
  const settings = {
    u_p, u_a: state[`alpha${which}`],
    u_l0: l0, u_l1: l1, u_l2: l2, u_l3: state.loss === "line" ? Math.hypot(l0, l1) : 1,
    u_rate: even ? steady / spec.rate : steady, u_even: even ? 1 : 0, u_speed: spec.speed,
    u_softness: spec.softness, u_by_loss: spec.byLoss,
  };
  const name = kind === "depth" ? `depth_${chartOfPower(u_p, even)}` : kind;
  if (name === "depth_plane") settings.u_by_loss = 1;
  return { chart: CHARTS[name], loss: LOSSES[state.loss], settings };
}

function sameFlow(one, other) {
  return one.chart === other.chart && one.loss === other.loss
    && JSON.stringify(one.settings) === JSON.stringify(other.settings);
}

// As the flows of fields choose it.
function chartOfPower(exponent, even) {
  if (exponent >= 1) return "log";
  return even && exponent < 0 ? "plane" : "dual";
}

// The flow whose curves are drawn: at even pace, resting where the loss is least.
function drawn(spec, state, which) {
  const even = flowOf(spec, { ...state, pace: "even" }, which);
  const settings = { ...even.settings, u_speed: 1, u_softness: 0.3, u_by_loss: 1 };
  return { ...even, settings };
}

// Where all depths are given the same speed: fields.reference_weight.
function referenceWeight({ loss, target, line: [a, b, c] }) {
  if (loss === "own") return 1;
  const size = -c / (a * a + b * b), [x, y] = loss === "line" ? [a * size, b * size] : target;
  return Math.min(x, y) > 0 ? Math.sqrt(x * y) : 1;
}

class Pane {
  constructor(spec, which, name, starts, ask) {
    Object.assign(this, { spec, which, ask });
    this.plane = new Plane(spec.look.extent, name);
    this.element = this.plane.element;
    this.dropped = new Map();
    this.key = "";
    this.dead = "";
    try {
      this.swarm = new Swarm(this.plane.canvas, spec.look, starts);
      this.paintBy(this.swarm.software ? "cpu" : "gpu");
    } catch (error) {
      this.dead = error.message;
      if (spec.posters?.dark) this.plane.still();
    }
    this.plane.canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.lost = true;
    });
    this.plane.canvas.addEventListener("webglcontextrestored", () => {
      this.lost = false;
      this.swarm.begin();
      this.paintBy(this.painted);
      this.swarm.follow(this.flow, true);
      this.ask({});
    });
    this.plane.svg.addEventListener("pointerdown", (event) => {
      const w = this.plane.under(event);
      if (w.every((x) => x >= 0 && x <= spec.look.extent)) this.ask({ bead: w });
    });
  }

  // Let light be added up on the "gpu", or, where there is none, on the "cpu".
  paintBy(whom) {
    const { plane, swarm } = this;
    this.painted = whom;
    plane.show(whom === "cpu");
    this.painter = whom === "cpu" ? new CpuPainter(swarm, plane.picture) : new GpuPainter(swarm);
  }

  // Take up a state: everything that time does not change.
  take(state, time) {
    const { spec, which, plane } = this;
    this.flow = flowOf(spec, state, which);
    const path = drawn(spec, state, which), anew = this.chart !== path.chart || this.loss !== path.loss;
    if (this.swarm && !this.lost) this.swarm.follow(this.flow, state.paused);
    this.stands = this.dead !== "" && Boolean(spec.posters?.dark) && sameFlow(this.flow, flowOf(spec, spec.usual, ""));
    const key = JSON.stringify([path.settings, state.start, state[`kind${which}`], state.loss,
      state.optimizer, state.eta]);
    if (key !== this.key || anew) {
      const times = Array.from({ length: SAMPLES }, (_, k) => (k * AHEAD) / (SAMPLES - 1));
      this.path = integrate(path, state.start, times);
      this.lands = landing(path, state[`kind${which}`], state.loss, state.start);
      this.run = state.optimizer === "none" ? null
        : train(path, state.optimizer, state.eta, state.start, MOST_STEPS);
      this.dropped.clear();
      this.key = key;
    }
    if (anew) {
      Object.assign(this, { chart: path.chart, loss: path.loss });
      this.gaps = [state[`kind${which}`], state.loss].includes("own") ? this.notFinite() : [];
      plane.gaps(this.gaps, spec.look.extent / 40);
    }
    plane.name.textContent = state.panes === 2 ? this.title(state) : "";
    this.beads(state, time, path);
    this.draw(state);
  }

  kind(state) {
    return state[`kind${this.which}`];
  }

  title(state) {
    const kind = this.kind(state), s = state[`s${this.which}`];
    return kind === "depth" ? `N = ${depthInWords(s)}` : this.spec.titles[kind];
  }

  // Cells where the field is no finite number, as the GPU has it: with formulas of users alone.
  notFinite() {
    const { extent } = this.spec.look, cells = [];
    if (!this.swarm || this.lost) return [];
    for (let i = 0; i < 1600; i++) {
      cells.push([((i % 40) + 0.5) * (extent / 40), (Math.floor(i / 40) + 0.5) * (extent / 40)]);
    }
    const felt = this.swarm.probe(cells.map((w) => enterNear(this.flow, w, extent)));
    return cells.filter((_, k) => !felt[k].every((x) => Math.abs(x) < 1e30));
  }

  beads(state, time, path) {
    const known = new Map(this.dropped);
    this.dropped.clear();
    for (const w of state.beads) {
      const name = short(w);
      this.dropped.set(name, known.get(name) ?? {
        since: time,
        path: integrate(path, w, Array.from({ length: SAMPLES }, (_, k) => (k * AHEAD) / (SAMPLES - 1))),
      });
    }
  }

  draw(state) {
    const { plane, spec, ask } = this, { marks, lines, steps, paths } = plane.layers, { extent } = spec.look;
    marks.replaceChildren();
    lines.replaceChildren();
    steps.replaceChildren();
    paths.replaceChildren();
    if (state.loss === "line") {
      const ends = lineEnds(state.line, extent);
      if (ends.length) plane.curve(lines, ends, "best");
      this.lineHandles(state, ends);
    } else {
      plane.drop(["line 1", "line 2"]);
    }
    if (this.run) {
      const { path } = this.run, shown = path.slice(0, 400).filter((w) => w.every(Number.isFinite));
      plane.curve(steps, shown, "stepping");
      const every = Math.max(1, Math.floor(shown.length / DOTS));
      for (const w of shown.filter((_, k) => k % every === 0 || k < 12)) plane.dot(steps, w, 4.5, "step");
    }
    for (const { path } of this.dropped.values()) plane.curve(paths, path, "way thin");
    if (this.path.length > 1) plane.curve(paths, this.path, "way");
    plane.dot(paths, state.start, 9, "begin");
    if (state.loss === "line" && this.lands) {
      plane.dot(paths, this.lands, 22, "lands shade");
      plane.dot(paths, this.lands, 22, "lands");
    }
    const within = (w) => w.map((x) => Math.min(Math.max(x, 0), extent));
    plane.handle("start", {
      w: state.start, label: say("Start of the path"), className: "start",
      told: `w1 ${state.start[0].toFixed(2)}, w2 ${state.start[1].toFixed(2)}`,
      move: (w) => ask({ start: within(w) }),
      drop: (w) => ask({ bead: w }),
    });
    if (state.loss === "point") {
      plane.mark(state.target);
      plane.handle("target", {
        w: state.target, label: say("The best weights, w*"), className: "best-place",
        told: `w1 ${state.target[0].toFixed(2)}, w2 ${state.target[1].toFixed(2)}`,
        move: (w) => ask({ target: within(w) }),
      });
    } else {
      plane.drop(["target"]);
      if (state.loss === "own") {
        for (const curve of spec.curves) plane.curve(lines, curve, "best");
        for (const w of spec.minimizers) plane.dot(marks, w, 6.5, "middle");
      }
    }
  }

  // The line is held at two places; to move one turns it about the other.
  lineHandles(state, ends) {
    const { plane, ask, spec } = this, { extent } = spec.look;
    if (ends.length < 2) return;
    const spots = [0.15, 0.85].map((part) => ends[0].map((x, k) => x + part * (ends[1][k] - x)));
    const [a, b] = state.line;
    spots.forEach((w, k) => {
      const other = spots[1 - k];
      plane.handle(`line ${k + 1}`, {
        w, label: say("Line of best weights, place {number}", { number: k + 1 }),
        className: "best-place on-line",
        told: `w1 ${w[0].toFixed(2)}, w2 ${w[1].toFixed(2)}`,
        move: (to) => {
          const inside = to.map((x) => Math.min(Math.max(x, 0), extent));
          const way = inside.map((x, j) => x - other[j]);
          if (norm(way) < 0.5) return;
          const turned = [way[1], -way[0]], same = turned[0] * a + turned[1] * b < 0 ? -1 : 1;
          const size = (same * Math.hypot(a, b)) / norm(turned);
          const [p, q] = turned.map((x) => x * size);
          ask({ line: [p, q, -(p * inside[0] + q * inside[1])] });
        },
      });
    });
  }

  // What moves: particles and beads at a time.
  frame(time, colours, moving, theme) {
    const { plane } = this, { beads } = plane.layers;
    if (plane.poster) {
      plane.poster.hidden = !this.stands;
      if (plane.poster.src !== this.spec.posters[theme]) plane.poster.src = this.spec.posters[theme];
    }
    if (this.swarm && !this.lost) {
      plane.fit(moving ? (this.painted === "cpu" ? 1 : 1.5) : 2);
      this.swarm.advance(time);
      this.painter.draw(plane.place(), colours);
    }
    beads.replaceChildren();
    const show = (w) => {
      if (Math.max(...w) <= this.spec.look.extent) plane.dot(beads, w, 11, "bead");
    };
    const along = (path, part) => {
      const at = Math.min(Math.max(part, 0), 1) * (path.length - 1);
      const k = Math.min(Math.floor(at), path.length - 2);
      return path[k].map((x, j) => x + (at - k) * (path[k + 1][j] - x));
    };
    if (this.path.length > 1) show(along(this.path, (time / LAP) % 1));
    for (const { path, since } of this.dropped.values()) {
      if (path.length > 1) show(along(path, (time - since) / LAP));
    }
  }

  // What is read beside the picture.
  rows(state) {
    const kind = state[`kind${this.which}`], s = state[`s${this.which}`], end = this.lands;
    const is = (x) => (Math.abs(x) < 5e-4 ? 0 : x).toFixed(3);
    const of = (value) => (end ? is(value(end.map(Math.abs))) : "–");
    return {
      exponent: kind === "depth" ? String(Number((2 - 2 * s).toFixed(3))) : "–",
      norm: kind === "depth" ? `ℓ${subscript(Math.max(2 * s, 1))}` : "–",
      lands: end ? `(${is(end[0])}, ${is(end[1])})` : "–",
      one: of(([x, y]) => x + y), two: of(norm), most: of((w) => Math.max(...w)),
      steps: this.run ? this.stepsEnd() : "–",
    };
  }

  stepsEnd() {
    const { path, diverged } = this.run, [x, y] = path[path.length - 1];
    return diverged ? say("gone at step {step}", { step: path.length }) : `(${x.toFixed(3)}, ${y.toFixed(3)})`;
  }
}

// The order of a norm.
function subscript(order) {
  if (!Number.isInteger(Number(order.toFixed(9)))) return ` ${Number(order.toFixed(2))}`;
  return [...order.toFixed(0)].map((digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]).join("");
}

// Where a line crosses the square's edges: two places, or none.
function lineEnds([a, b, c], extent) {
  const found = [];
  for (const edge of [0, extent]) {
    if (b !== 0) found.push([edge, -(c + a * edge) / b]);
    if (a !== 0) found.push([-(c + b * edge) / a, edge]);
  }
  const inside = found.filter((w) => w.every((x) => x >= -1e-9 && x <= extent + 1e-9));
  inside.sort((v, w) => v[0] - w[0] || v[1] - w[1]);
  return inside.length > 1 ? [inside[0], inside[inside.length - 1]] : [];
}
