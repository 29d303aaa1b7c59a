// One particle a pixel: from where it was to where it is a little later, or, if it was born in
// between, from where it begins. (w1, w2, z1, z2); z1 = RESTS where it rests at an axis for good.

precision highp float;
precision highp int;
precision highp sampler2DArray;

uniform sampler2DArray u_before;
uniform int u_layer;
uniform sampler2D u_starts;
uniform ivec4 u_births;     // slots; the first that is born, how many are; columns of a texture
uniform vec3 u_time;        // from then until now; between two births; since the last one: seconds
out vec4 state;

const float RESTS = 3.0e38, GOOD = 1e-4;
const int STEPS = 24;

// The classical Runge-Kutta method with the error of its third-order companion, step by step as
// accuracy asks for (E. Hairer, S. Norsett, G. Wanner, Solving Ordinary Differential Equations I,
// II.4). What is too stiff for so many steps stays behind. The field is asked at one place of the
// program: a compiler would otherwise have it five times.
vec2 followed(vec2 z, float span) {
  float left = span, h = span;
  vec2 at = z, k1, k4, total;
  int stage = 0;
  for (int n = 0; n < 4 * STEPS && left > 0.0; n++) {
    vec2 k = drift(at);
    if (stage == 4) {
      vec2 off = h / 6.0 * abs(k4 - k) / tolerated(at);
      float error = max(off.x, off.y) / GOOD;
      if (error <= 1.0) {
        z = at;
        k1 = k;
        left -= h;
      }
      h *= error < 1e30 ? clamp(0.9 / sqrt(sqrt(error + 1e-9)), 0.2, 4.0) : 0.2;
      h = min(h, left);
      stage = 0;
    } else if (stage == 0) {
      k1 = k;
    } else {
      total += stage == 3 ? k : 2.0 * k;
    }
    if (stage == 0) total = k1;
    if (stage == 3) k4 = k;
    stage += 1;
    at = z + (stage == 4 ? h / 6.0 * total : (stage == 3 ? h : 0.5 * h) * (stage == 1 ? k1 : k));
  }
  return z;
}

void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy);
  int slot = pixel.y * u_births.w + pixel.x, count = u_births.x;
  if (slot >= count) {
    state = vec4(0.0);
    return;
  }
  vec4 before = texelFetch(u_before, ivec3(pixel, u_layer), 0);
  float span = u_time.x;
  int after = (slot - u_births.y + count) % count;
  if (after < u_births.z) {
    before = texelFetch(u_starts, pixel, 0);
    span = float(u_births.z - 1 - after) * u_time.y + u_time.z;
  }
  if (before.z == RESTS) {
    state = before;
    return;
  }
#ifdef KEEPS_Z
  vec2 z = followed(before.zw, span);
#else
  vec2 z = followed(enter(before.xy), span);
#endif
  vec2 w = leave(z);
  // what leaves the quadrant rests where it does
  vec2 part = vec2(w.x < 0.0 ? before.x / (before.x - w.x) : 1.0,
    w.y < 0.0 ? before.y / (before.y - w.y) : 1.0);
  float least = min(part.x, part.y);
  bool leaves = least < 1.0 && before.x >= 0.0 && before.y >= 0.0;
  state = leaves ? vec4(mix(before.xy, w, least), RESTS, 0.0) : vec4(w, z);
}
