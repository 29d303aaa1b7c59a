// What the generated formulas call. GLSL leaves pow, log and division at 0 and below undefined, and
// its sin may be off by 2e-4: these are good to some 1e-7, on every GPU that keeps to IEEE sums.

const float LN2_HIGH = 0.693359375, LN2_LOW = -2.12194440e-4;

float nan() { return uintBitsToFloat(0x7fc00000u); }
float infinity() { return uintBitsToFloat(0x7f800000u); }

bool finite(float x) { return abs(x) <= 3.0e38; }

float f_exp(float x) {
  if (!(x < 88.7)) return x > 0.0 ? infinity() : x;
  if (x < -87.0) return 0.0;
  float n = floor(x * 1.44269504 + 0.5);
  float r = (x - n * LN2_HIGH) - n * LN2_LOW;
  float sum = 1.0 + r * (1.0 + r * (1.0 / 2.0 + r * (1.0 / 6.0 + r * (1.0 / 24.0
    + r * (1.0 / 120.0 + r * (1.0 / 720.0 + r * (1.0 / 5040.0)))))));
  // in two factors: 2^128 alone is no number
  int half_n = int(n) / 2;
  return sum * intBitsToFloat((half_n + 127) << 23)
    * intBitsToFloat((int(n) - half_n + 127) << 23);
}

float f_ln(float x) {
  if (!(x > 0.0)) return x == 0.0 ? -infinity() : nan();
  if (!finite(x)) return x;
  int bits = floatBitsToInt(x);
  int e = (bits - 0x3f3504f3) >> 23;
  float m = intBitsToFloat(bits - (e << 23));
  float s = (m - 1.0) / (m + 1.0), q = s * s;
  float part = 2.0 * s * (1.0 + q * (1.0 / 3.0 + q * (1.0 / 5.0 + q * (1.0 / 7.0 + q / 9.0))));
  return float(e) * LN2_HIGH + (part + float(e) * LN2_LOW);
}

// x^n for a whole n, as repeated products: signs are exact.
float f_whole(float x, int n) {
  float result = 1.0, square = x;
  for (int left = abs(n); left > 0; left >>= 1) {
    if ((left & 1) == 1) result *= square;
    if (left > 1) square *= square;
  }
  return n < 0 ? 1.0 / result : result;
}

// |x|^p; products where p is whole.
float f_size(float x, float p) {
  float size = abs(x);
  if (p == floor(p) && abs(p) <= 32.0) return f_whole(size, int(p));
  if (size == 0.0) return p > 0.0 ? 0.0 : infinity();
  return f_exp(p * f_ln(size));
}

// x^p as NumPy has it: no number for x < 0, unless p is whole.
float f_power(float x, float p) {
  if (p == floor(p) && abs(p) <= 32.0) return f_whole(x, int(p));
  return x < 0.0 ? nan() : f_size(x, p);
}

// sign(x) |x|^p.
float f_signed(float x, float p) { return sign(x) * f_size(x, p); }

// The angle less a multiple of a quarter turn, in three parts, and which quarter it is.
float turned(float x, out int quarter) {
  float n = floor(x * 0.636619772 + 0.5);
  quarter = int(n) & 3;
  return ((x - n * 1.5703125) - n * 4.83512878e-4) - n * 3.13855790e-7;
}

float near_sin(float r) {
  float q = r * r;
  return r * (1.0 - q / 6.0 * (1.0 - q / 20.0 * (1.0 - q / 42.0 * (1.0 - q / 72.0))));
}

float near_cos(float r) {
  float q = r * r;
  return 1.0 - q / 2.0 * (1.0 - q / 12.0 * (1.0 - q / 30.0 * (1.0 - q / 56.0 * (1.0 - q / 90.0))));
}

float f_sin(float x) {
  int quarter;
  float r = turned(x, quarter);
  float part = (quarter & 1) == 0 ? near_sin(r) : near_cos(r);
  return quarter < 2 ? part : -part;
}

float f_cos(float x) {
  int quarter;
  float r = turned(x, quarter);
  float part = (quarter & 1) == 0 ? near_cos(r) : near_sin(r);
  return quarter == 0 || quarter == 3 ? part : -part;
}

// Cosine and sine.
vec2 f_turn(float x) {
  int quarter;
  float r = turned(x, quarter), c = near_cos(r), s = near_sin(r);
  vec2 part = (quarter & 1) == 0 ? vec2(c, s) : vec2(-s, c);
  return quarter < 2 ? part : -part;
}

float f_tan(float x) { return f_sin(x) / f_cos(x); }

float f_sinh(float x) {
  float q = x * x;
  if (q < 1.0) {
    return x * (1.0 + q / 6.0 * (1.0 + q / 20.0 * (1.0 + q / 42.0 * (1.0 + q / 72.0))));
  }
  float e = f_exp(abs(x));
  return sign(x) * 0.5 * (e - 1.0 / e);
}

float f_cosh(float x) {
  float e = f_exp(abs(x));
  return 0.5 * (e + 1.0 / e);
}

float f_tanh(float x) {
  if (abs(x) > 9.5) return sign(x);
  return f_sinh(x) / f_cosh(x);
}

float f_asinh(float x) {
  float a = abs(x), q = x * x;
  if (a < 0.1) return x * (1.0 - q / 6.0 * (1.0 - q * 9.0 / 20.0 * (1.0 - q * 25.0 / 42.0)));
  return sign(x) * f_ln(a + sqrt(q + 1.0));
}

float f_sqrt(float x) { return x < 0.0 ? nan() : sqrt(x); }

float f_abs(float x) { return abs(x); }

float f_max(float x, float y) { return max(x, y); }

float f_hypot(float x, float y) {
  float most = max(abs(x), abs(y));
  if (!(most > 0.0)) return 0.0;
  x /= most;
  y /= most;
  return most * sqrt(x * x + y * y);
}

float f_atan2(float y, float x) { return x == 0.0 && y == 0.0 ? 0.0 : atan(y, x); }

// The smaller weight, but not 0: what another one is measured by.
float f_least(float x, float y) { return max(min(abs(x), abs(y)), 1e-30); }

// What rounding takes from a product (T. Dekker), and from a sum (D. Knuth).
float lost(float x, float y, float product) {
  float a = 4097.0 * x, b = 4097.0 * y;
  float x_high = a - (a - x), y_high = b - (b - y);
  float x_low = x - x_high, y_low = y - y_high;
  return ((x_high * y_high - product) + x_high * y_low + x_low * y_high) + x_low * y_low;
}

float missed(float x, float y, float sum) {
  float part = sum - x;
  return (x - (sum - part)) + (y - part);
}

// a x + b y, also where the two cancel.
float f_dot(float a, float x, float b, float y) {
  float one = a * x, other = b * y, both = one + other;
  return both + (lost(a, x, one) + lost(b, y, other) + missed(one, other, both));
}

// a x + b y + c, also where the three cancel.
float f_across(float a, float x, float b, float y, float c) {
  float one = a * x, other = b * y;
  float both = one + other, all = both + c;
  return all + (lost(a, x, one) + lost(b, y, other) + missed(one, other, both)
    + missed(both, c, all));
}
