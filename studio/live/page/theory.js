// Where training ends, by what stays constant on the way (fields/theory/line/landing.py); real steps.

// The landing place of a flow from w, or null where it has none that is known.
function landing(flow, kind, of, w) {
  const { settings } = flow;
  if (of === "line" && kind === "polar") return landingOfPolar(settings, w);
  if (of === "line" && kind !== "own") return onLine(settings, dualOf(kind, settings), w);
  if (of === "point" && kind !== "own" && kind !== "polar") {
    const stays = kind === "depth" && settings.u_p >= 1;
    return [settings.u_l0, settings.u_l1].map((x, i) => (stays && w[i] === 0 ? 0 : x));
  }
  const path = integrate(flow, w, [0, 15, 30, 45], 1e-8), end = path[path.length - 1];
  const far = Math.max(...end.map(Math.abs), ...path[path.length - 2]?.map((x, i) =>
    1e4 * Math.abs(x - end[i])) ?? [Infinity]);
  return path.length === 4 && far < 100 ? end : null;
}

// The dual coordinate q of mirror flow, in which q moves as -grad l does, and back; both rise.
// It lies between two barriers.
function dualOf(kind, { u_p, u_a }) {
  if (kind === "log") {
    return { dual: (x) => 0.5 * Math.exp(2 * x), primal: (q) => 0.5 * Math.log(2 * q),
      least: 0, most: Infinity };
  }
  const size = 2 * u_a * u_a;
  if (kind === "difference") {
    return { dual: (x) => Math.asinh(x / size), primal: (q) => size * Math.sinh(q),
      least: -Infinity, most: Infinity };
  }
  const k = 1 - u_p;
  const signed = (x, p) => Math.sign(x) * Math.abs(x) ** p;
  if (k === 0) return { dual: Math.log, primal: Math.exp, least: -Infinity, most: Infinity };
  if (k > 0) {
    return { dual: (x) => signed(x, k) / k, primal: (q) => signed(k * q, 1 / k),
      least: -Infinity, most: Infinity };
  }
  return { dual: (x) => x ** k / k, primal: (q) => (k * Math.min(q, 0)) ** (1 / k),
    least: -Infinity, most: 0, walls: true };
}

// The root E of n1 w1(E) + n2 w2(E) = d with q(wi) = q(w0i) - ni E.
function onLine({ u_l0, u_l1, u_l2, u_l3, u_p }, { dual, primal, least, most }, w) {
  const n = [u_l0 / u_l3, u_l1 / u_l3], d = -u_l2 / u_l3, q = w.map(dual);
  const still = n.map((x, i) => x === 0 || !Number.isFinite(q[i]));
  if (still[0] && still[1]) return null;
  if (still[0] || still[1]) { // a weight that the loss does not know, or one on an axis for good
    const i = still[0] ? 0 : 1, other = (d - n[i] * w[i]) / n[1 - i];
    if (u_p >= 1 && least === -Infinity && other <= 0) return null;
    return i ? [other, w[1]] : [w[0], other];
  }
  const at = (E) => q.map((x, i) => primal(x - n[i] * E));
  const above = (E) => n[0] * at(E)[0] + n[1] * at(E)[1] - d > 0;
  let low = -Infinity, high = Infinity;
  n.forEach((x, i) => {
    const ends = [(q[i] - least) / x, (q[i] - most) / x];
    low = Math.max(low, Math.min(...ends));
    high = Math.min(high, Math.max(...ends));
  });
  // towards an end that is nowhere in steps that double
  if (low === -Infinity) for (low = Math.min(high, 0) - 1e-9; !above(low) && low > -1e300;) low *= 2;
  if (high === Infinity) for (high = Math.max(low, 0) + 1e-9; above(high) && high < 1e300;) high *= 2;
  for (let halves = 0; halves < 400; halves++) {
    const middle = 0.5 * (low + high);
    if (above(middle)) low = middle;
    else high = middle;
  }
  const end = at(0.5 * (low + high));
  const met = Math.abs(n[0] * end[0] + n[1] * end[1] - d) < 1e-6 * (1 + Math.abs(d));
  return met && end.every(Number.isFinite) ? end : null;
}

// The root y of d^2 + y + ln(y / (d^2 + y)) = r^2 + 2 ln|sin a|, y = the square of the way along.
function landingOfPolar({ u_l0, u_l1, u_l2, u_l3 }, w) {
  let n = [u_l0 / u_l3, u_l1 / u_l3], d = -u_l2 / u_l3;
  if (d < 0) {
    n = n.map((x) => -x);
    d = -d;
  }
  const r = norm(w), along = n[0] * w[0] + n[1] * w[1], aside = n[0] * w[1] - n[1] * w[0];
  if (aside === 0 || r === 0) return n.map((x) => x * d);
  const constant = r * r + 2 * (Math.log(Math.abs(aside)) - Math.log(r));
  let low = -800, high = 700;
  for (let halves = 0; halves < 200; halves++) {
    const log = 0.5 * (low + high), y = Math.exp(log);
    if (d * d + y + log - Math.log(d * d + y) < constant) low = log;
    else high = log;
  }
  const y = d === 0 ? Math.max(constant, 0) : Math.exp(low);
  const turned = along < 0 && constant < 0 && d > 0;
  const way = Math.sign(aside) * (turned ? -1 : 1) * Math.sqrt(y);
  return [d * n[0] - way * n[1], d * n[1] + way * n[0]];
}

// Optimizers by the names of fields.optimizers: a step of parameters u for their gradient g.
const OPTIMIZERS = {
  descent: () => (g, eta) => g.map((x) => eta * x),
  momentum: () => {
    let velocity = null;
    return (g, eta) => {
      velocity = velocity ? velocity.map((x, i) => 0.9 * x + g[i]) : [...g];
      return velocity.map((x) => eta * x);
    };
  },
  sign: () => (g, eta) => g.map((x) => eta * Math.sign(x)),
  adagrad: () => {
    let square = [];
    return (g, eta) => {
      square = g.map((x, i) => (square[i] ?? 0) + x * x);
      return g.map((x, i) => (eta * x) / (Math.sqrt(square[i]) + 1e-10));
    };
  },
  rmsprop: () => {
    let square = [];
    return (g, eta) => {
      square = g.map((x, i) => 0.99 * (square[i] ?? 0) + 0.01 * x * x);
      return g.map((x, i) => (eta * x) / (Math.sqrt(square[i]) + 1e-8));
    };
  },
  adam: () => adaptive(0),
  adamw: () => adaptive(0.01),
};

// Adam; decay: of the parameters themselves, as AdamW has it.
function adaptive(decay) {
  let mean = [], square = [], step = 0;
  return (g, eta, u) => {
    step += 1;
    mean = g.map((x, i) => 0.9 * (mean[i] ?? 0) + 0.1 * x);
    square = g.map((x, i) => 0.999 * (square[i] ?? 0) + 0.001 * x * x);
    const [rest1, rest2] = [1 - 0.9 ** step, 1 - 0.999 ** step];
    return mean.map((x, i) => (eta / rest1) * (x / (Math.sqrt(square[i] / rest2) + 1e-8))
      + eta * decay * u[i]);
  };
}

// Weights after each step of an optimizer from w; and whether they left for good.
function train({ chart, loss, settings }, name, eta, w, steps) {
  const { train: trained } = chart, rule = OPTIMIZERS[name](), path = [w];
  let u = trained.enter(w, enter({ chart, settings }, w), settings), here = w;
  if (!u.every(Number.isFinite)) return { path, diverged: false };
  for (let step = 0; step < steps; step++) {
    const g = loss.downhill(here, settings).map((x) => -x);
    const moved = rule(trained.pull(u, here, g, settings), eta, u);
    u = u.map((x, i) => x - moved[i]);
    const next = trained.leave(u, settings);
    if (!next.every((x) => Math.abs(x) < 1e100)) return { path, diverged: true };
    path.push(next);
    here = next;
  }
  return { path, diverged: false };
}
