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
// II.4). What is too stiff for so many steps stays behind.
vec2 followed(vec2 z, float span) {
  float left = span, h = span;
  vec2 k1 = drift(z);
  for (int n = 0; n < STEPS && left > 0.0; n++) {
    h = min(h, left);
    vec2 k2 = drift(z + 0.5 * h * k1);
    vec2 k3 = drift(z + 0.5 * h * k2);
    vec2 k4 = drift(z + h * k3);
    vec2 there = z + h / 6.0 * (k1 + 2.0 * (k2 + k3) + k4);
    vec2 k5 = drift(there);
    vec2 missed_by = h / 6.0 * abs(k4 - k5) / tolerated(there);
    float error = max(missed_by.x, missed_by.y) / GOOD;
    if (error <= 1.0) {
      z = there;
      k1 = k5;
      left -= h;
    }
    h *= error < 1e30 ? clamp(0.9 / sqrt(sqrt(error + 1e-9)), 0.2, 4.0) : 0.2;
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
