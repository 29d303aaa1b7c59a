// Where training ends, by what stays constant on the way (fields/theory/landing.py); and real steps.

// The landing place of a flow from w, or null where it has none that is known.
function landing(flow, kind, of, w) {
  if (of === "line" && kind === "depth") return landingOfPowers(flow.settings, w);
  if (of === "line" && kind === "polar") return landingOfPolar(flow.settings, w);
  const paced = { ...flow, settings: { ...flow.settings, u_even: 1, u_speed: 1, u_by_loss: 1 } };
  paced.settings.u_softness = 1e-4;
  const path = integrate(paced, w, [0, 5, 10, 20, 40, 80], 1e-8);
  const end = path[path.length - 1], z = enter(paced, end);
  const steepness = norm(flow.loss.downhill(flow.chart.leave(z, flow.settings), flow.settings));
  const moves = norm(velocity(paced, z));
  return path.length === 6 && (steepness < 1e-3 || moves < 1e-3) ? end : null;
}

// The root E of n1 w1(E) + n2 w2(E) = d with q(wi) = q(w0i) - ni E, q(w) = w^k/k, k = 1 - p.
function landingOfPowers({ u_p, u_l0, u_l1, u_l2, u_l3 }, w) {
  const k = 1 - u_p, n = [u_l0 / u_l3, u_l1 / u_l3], d = -u_l2 / u_l3;
  const still = w.map((x, i) => n[i] === 0 || (k <= 0 && x === 0));
  if (still[0] || still[1]) {
    const i = still[0] ? 0 : 1, j = 1 - i, other = (d - n[i] * w[i]) / n[j];
    if (still[j] && n[j] !== 0) return null;
    return k > 0 || other > 0 ? (i ? [other, w[1]] : [w[0], other]) : null;
  }
  const dual = (x) => (k === 0 ? Math.log(x) : (Math.sign(x) * Math.abs(x) ** k) / k);
  const primal = (q) => {
    if (k === 0) return Math.exp(q);
    return k > 0 ? Math.sign(q) * (k * Math.abs(q)) ** (1 / k) : (k * Math.min(q, 0)) ** (1 / k);
  };
  const q = w.map(dual), at = (E) => q.map((x, i) => primal(x - n[i] * E));
  const above = (E) => n[0] * at(E)[0] + n[1] * at(E)[1] - d > 0;
  let low = -1, high = 1;
  if (k < 0) { // within the barriers q < 0
    const ends = n.map((x, i) => q[i] / x);
    low = Math.max(-Infinity, ...ends.filter((_, i) => n[i] > 0));
    high = Math.min(Infinity, ...ends.filter((_, i) => n[i] < 0));
    if (low === -Infinity) low = Math.min(high - 1, -1);
    if (high === Infinity) high = Math.max(low + 1, 1);
  }
  const reach = (from, step, far) => {
    let E = from;
    for (let n = 0; n < 1100 && above(E) === far; n++, step *= 2) E += step;
    return E;
  };
  if (k >= 0 || !n.some((x) => x > 0)) low = reach(low, -1, false);
  if (k >= 0 || !n.some((x) => x < 0)) high = reach(high, 1, true);
  for (let halves = 0; halves < 200; halves++) {
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

// Optimizers by name: a step for each parameter's gradient, as fields.optimizers has them.
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
  rmsprop: () => {
    let square = [];
    return (g, eta) => {
      square = g.map((x, i) => 0.99 * (square[i] ?? 0) + 0.01 * x * x);
      return g.map((x, i) => (eta * x) / (Math.sqrt(square[i]) + 1e-8));
    };
  },
  adam: () => {
    let mean = [], square = [], step = 0;
    return (g, eta) => {
      step += 1;
      mean = g.map((x, i) => 0.9 * (mean[i] ?? 0) + 0.1 * x);
      square = g.map((x, i) => 0.999 * (square[i] ?? 0) + 0.001 * x * x);
      const [rest1, rest2] = [1 - 0.9 ** step, 1 - 0.999 ** step];
      return mean.map((x, i) => (eta / rest1) * (x / (Math.sqrt(square[i] / rest2) + 1e-8)));
    };
  },
};

// Weights after each step of an optimizer from w; and whether they left for good.
function train({ chart, loss, settings }, name, eta, w, steps) {
  const { train: trained } = chart, rule = OPTIMIZERS[name](), path = [w];
  let u = trained.enter(w, enter({ chart, settings }, w), settings), here = w;
  if (!u.every(Number.isFinite)) return { path, diverged: false };
  for (let step = 0; step < steps; step++) {
    const g = loss.downhill(here, settings).map((x) => -x);
    const moved = rule(trained.pull(u, here, g, settings), eta);
    u = u.map((x, i) => x - moved[i]);
    const next = trained.leave(u, settings);
    if (!next.every((x) => Math.abs(x) < 1e100)) return { path, diverged: true };
    path.push(next);
    here = next;
  }
  return { path, diverged: false };
}
