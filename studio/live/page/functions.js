// What the generated formulas call, as functions.glsl has it for the GPU, here with all digits;
// and words and numbers in the language of the page.

function say(text, values = {}) {
  return (WORDS[text] ?? text).replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// Numbers with the page's decimal sign; where that is a comma, a semicolon parts them.
function printed(text) {
  if (DECIMAL === ".") return text;
  return text.replace(/(\d), /g, "$1; ").replace(/(\d)\.(?=\d)/g, `$1${DECIMAL}`);
}

const f_sin = Math.sin, f_cos = Math.cos, f_tan = Math.tan;
const f_sinh = Math.sinh, f_cosh = Math.cosh, f_tanh = Math.tanh;
const f_exp = Math.exp, f_sqrt = Math.sqrt, f_asinh = Math.asinh;
const f_hypot = Math.hypot, f_atan2 = Math.atan2, f_abs = Math.abs, f_max = Math.max;
const f_ln = Math.log;

// x^n for a whole n, as repeated products: signs are exact.
function f_whole(x, n) {
  return x ** n;
}

// x^p as NumPy has it: no number for x < 0, unless p is whole.
function f_power(x, p) {
  return x ** p;
}

// |x|^p, 1 for p = 0 and the exact product for p = 2.
function f_size(x, p) {
  const size = Math.abs(x);
  return p === 2 ? size * size : size ** p;
}

// sign(x) |x|^p.
function f_signed(x, p) {
  return Math.sign(x) * Math.abs(x) ** p;
}

// The smaller weight, but not 0: what another one is measured by.
function f_least(x, y) {
  return Math.max(Math.min(Math.abs(x), Math.abs(y)), 1e-30);
}

// a x + b y.
function f_dot(a, x, b, y) {
  return a * x + b * y;
}

// a x + b y + c.
function f_across(a, x, b, y, c) {
  return a * x + b * y + c;
}
