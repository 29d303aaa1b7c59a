// What a page shows, as one flat value that an address can hold. An address is checked like any
// input: what is not as it should be is left out, and said.

const NUMBER = /^-?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i;
const MOST = 10;          // beads, and the weight where the plane ends
const DEEPEST = 8;        // 1/N of the shallowest that is offered

// How a value is read, and what it has to be, in words.
function reader(told, read) {
  return Object.assign(read, { get told() { return told(); } });
}

function number(least, most) {
  return reader(() => say("a number from {least} to {most}", { least, most }), (text) => {
    const value = NUMBER.test(text) ? Number(text) : NaN;
    return value >= least && value <= most ? value : undefined;
  });
}

function numbers(count, least, most) {
  const read = number(least, most);
  return reader(() => say("{count} numbers from {least} to {most}", { count, least, most }), (text) => {
    const values = text.split(",").map(read);
    return values.length === count && !values.includes(undefined) ? values : undefined;
  });
}

function word(known) {
  return reader(() => say("one of {names}", { names: known().join(", ") }),
    (text) => (known().includes(text) ? text : undefined));
}

// What may be chosen as a parameterization: the powers are one.
function kinds() {
  return [...new Set(Object.keys(CHARTS).map((name) => name.replace(/^depth_.*/, "depth")))];
}

const depth = reader(() => say("a depth of 1/{most} or more, or inf", { most: DEEPEST }), (text) => {
  if (text === "inf") return 0;
  const value = NUMBER.test(text) ? Number(text) : NaN;
  return Math.abs(value) >= 1 / DEEPEST && Math.abs(value) < Infinity ? 1 / value : undefined;
});

const line = reader(() => say("a, b, c of a line, a and b not both 0"), (text) => {
  const values = numbers(3, -1e4, 1e4)(text);
  return values && Math.hypot(values[0], values[1]) > 1e-6 ? values : undefined;
});

const places = reader(() => say("at most {most} places, such as 1,2;3,4", { most: MOST }), (text) => {
  const found = text.split(";").map(numbers(2, 0, MOST));
  return found.length <= MOST && !found.includes(undefined) ? found : undefined;
});

const truth = reader(() => say("yes or no"), (text) => ({ yes: true, no: false })[text]);

// How each is read from an address, and, where it is not a plain text, how it is written there.
const READ = {
  loss: [word(() => Object.keys(LOSSES))],
  target: [numbers(2, 0, MOST)],
  line: [line],
  kind: [word(kinds), null],
  N: [depth, inWords, "s"],
  alpha: [number(1e-3, 10)],
  kind2: [word(kinds)],
  N2: [depth, inWords, "s2"],
  alpha2: [number(1e-3, 10)],
  panes: [number(1, 2)],
  start: [numbers(2, 0, MOST)],
  beads: [places, (list) => list.map(short).join(";")],
  optimizer: [word(() => ["none", ...Object.keys(OPTIMIZERS)])],
  eta: [number(1e-6, 10)],
  pace: [word(() => ["even", "true"])],
  slow: [number(0.05, 1)],
  paused: [truth, (is) => (is ? "yes" : "no")],
  time: [number(0, 1e6)],
  theme: [word(() => ["auto", "dark", "light"])],
};

// N, from s = 1/N, for an address.
function inWords(s) {
  return s === 0 ? "inf" : String(Number((1 / s).toPrecision(12)));
}

function short(value) {
  const round = (x) => String(Number(x.toFixed(4)));
  return Array.isArray(value) ? value.map(round).join(",") : String(value);
}

// The state that an address tells, on top of another one; and what of it was not understood.
function readHash(hash, usual) {
  const state = { ...usual }, wrong = [];
  for (const [name, text] of new URLSearchParams(hash.replace(/^#/, ""))) {
    if (!Object.hasOwn(READ, name)) {
      wrong.push(name);
      continue;
    }
    const [read, , called] = READ[name], value = text.length < 400 ? read(text) : undefined;
    if (value === undefined) wrong.push(name);
    else state[called ?? name] = value;
  }
  if (state.panes !== 2) state.panes = 1;
  return { state, wrong };
}

// What was not understood, in words: an address may say anything, so unknown names are counted alone.
function leftOut(wrong) {
  const known = wrong.filter((name) => Object.hasOwn(READ, name));
  const others = wrong.length - known.length;
  const told = known.map((name) => say("{name} (give {what})", { name, what: READ[name][0].told }));
  if (others === 1) told.push(say("a name that is not known"));
  if (others > 1) told.push(say("{count} unknown names", { count: others }));
  return told.join("; ");
}

// The address of a state: only what is not as usual.
function writeHash(state, usual) {
  const parts = [];
  for (const [name, [, write, called]] of Object.entries(READ)) {
    const value = state[called ?? name];
    if (JSON.stringify(value) === JSON.stringify(usual[called ?? name])) continue;
    if (Array.isArray(value) && !value.length) continue;
    parts.push(`${name}=${write ? write(value) : short(value)}`);
  }
  return parts.join("&");
}
