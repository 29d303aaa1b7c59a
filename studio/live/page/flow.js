// The flow with all digits, for the one path that the eye follows: as fields.GradientFlow,
// fields.EvenPace and fields.integrate have it. A flow is {chart, loss, settings}.

const LONGEST = 12000; // steps of a path

function norm([x, y]) {
  return Math.hypot(x, y);
}

// The velocity in the chart.
function drift({ chart, loss, settings }, z) {
  const w = chart.leave(z, settings), g = loss.downhill(w, settings);
  const d = chart.pull(z, w, g.map((part) => settings.u_rate * part), settings);
  if (settings.u_even < 0.5) return d;
  const size = norm(chart.push(z, w, d, settings));
  const { u_speed, u_softness, u_by_loss } = settings;
  if (u_by_loss < 0.5) return d.map((part) => (u_speed / Math.hypot(size, u_softness)) * part);
  const slope = norm(g);
  if (!(size > 0)) return [0, 0];
  return d.map((part) => u_speed * (slope / Math.hypot(slope, u_softness)) * (part / size));
}

function velocity(flow, z) {
  const w = flow.chart.leave(z, flow.settings);
  return flow.chart.push(z, w, drift(flow, z), flow.settings);
}

// The coordinates of weights, by Newton's method where no formula says them; NaN where none are.
function enter({ chart, settings }, w) {
  return chart.enter ? chart.enter(w, settings) : newton(chart, settings, w);
}

const KNOTS = 40; // to a side of the plane
const knots = new WeakMap(); // coordinates of a grid of weights, by chart

// The same for one of many weights in [0, extent]^2, from the nearest knot of a grid: most are found
// in two or three steps, and where there are none all around, none is looked for.
function enterNear(flow, w, extent) {
  const { chart, settings } = flow, step = extent / KNOTS;
  if (chart.enter) return chart.enter(w, settings);
  if (!knots.has(chart)) {
    knots.set(chart, Array.from({ length: (KNOTS + 3) ** 2 }, (_, k) =>
      newton(chart, settings, [k % (KNOTS + 3), Math.floor(k / (KNOTS + 3))].map((x) => x * step))));
  }
  const [i, j] = w.map((x) => Math.min(Math.max(Math.floor(x / step), 0), KNOTS + 1));
  const grid = knots.get(chart), at = i + (KNOTS + 3) * j;
  const known = [at, at + 1, at + KNOTS + 3, at + KNOTS + 4].map((k) => grid[k])
    .find((z) => z.every(Number.isFinite));
  return known ? newton(chart, settings, w, known) : [NaN, NaN];
}

function newton(chart, settings, w, from = chart.guess) {
  const missed = (z) => chart.leave(z, settings).map((part, k) => w[k] - part);
  const size = ([x, y]) => Math.max(Math.abs(x), Math.abs(y));
  let z = [...from], away = missed(z), before = Infinity;
  for (let tries = 0; tries < 200; tries++) {
    if (tries % 20 === 19) { // what hardly comes nearer will not arrive
      if (size(away) > 0.9 * before) break;
      before = size(away);
    }
    const [a, b, c, d] = chart.slopes(z, settings), whole = a * d - b * c;
    const step = [(d * away[0] - b * away[1]) / whole, (a * away[1] - c * away[0]) / whole];
    let part = 1, next, left;
    for (let halves = 0; halves < 30; halves++, part *= 0.5) {
      next = z.map((x, k) => x + part * step[k]);
      left = missed(next);
      if (size(left) <= size(away) || size(away) === 0) break;
    }
    if (!(size(left) <= size(away))) break;
    z = next;
    away = left;
    if (!(size(step) > 1e-13 * (1e-300 + size(z)))) break;
  }
  for (const k of [0, 1]) { // a double root, as of u^2 at 0, is come near to and not met
    const nought = z.map((x, j) => (j === k ? 0 : x));
    if (Math.abs(z[k]) < 1e-3 && size(missed(nought)) <= size(away)) z = nought;
  }
  return size(missed(z)) <= 1e-9 * (1e-300 + Math.max(size(w), 1)) ? z : [NaN, NaN];
}

// J. Dormand and P. Prince's pair of orders 5 and 4, 1980.
const DORMAND = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
const DORMAND_ERROR = [
  71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40,
];

// Weights at times that never decrease, from w at the first; fewer where the flow cannot go on.
function integrate(flow, w, times, tolerance = 1e-9) {
  const { chart, settings } = flow, path = [w];
  let z = enter(flow, w), time = times[0], h = 1e-3, steps = 0;
  let k = [drift(flow, z)];
  for (const next of times.slice(1)) {
    while (time < next) {
      const span = Math.min(h, next - time), last = span === next - time;
      k.length = 1;
      for (const row of DORMAND) k.push(drift(flow, sum(z, row, k, span)));
      const there = sum(z, DORMAND[5], k, span), scale = chart.tolerated(there, settings);
      const off = sum([0, 0], DORMAND_ERROR, k, span);
      const error = Math.max(...off.map((x, j) => Math.abs(x) / scale[j])) / tolerance;
      if (++steps > LONGEST || h < 1e-14 * Math.max(time, 1e-300)) return path;
      if (error <= 1) {
        time = last ? next : time + span;
        z = there;
        k = [k[6]];
      }
      const grown = error < 1e30 ? 0.9 * (error + 1e-12) ** -0.2 : 0.2;
      if (error > 1 || !last || grown < 1) h = span * Math.min(Math.max(grown, 0.2), 5);
      else h = Math.max(h, span * Math.min(grown, 5));
    }
    path.push(chart.leave(z, settings));
  }
  return path;
}

function sum(z, row, k, h) {
  return z.map((x, j) => row.reduce((total, a, i) => total + h * a * k[i][j], x));
}
