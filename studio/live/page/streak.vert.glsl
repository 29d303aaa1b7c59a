// Trails as a strip of quads for each particle, from where it is back to where it was: u_segments
// of them, six corners each. Light dims evenly along the trail, as stage/engine/painter.py has it.

precision highp float;
precision highp int;
precision highp sampler2DArray;

uniform sampler2DArray u_history;
uniform sampler2D u_starts;
uniform ivec4 u_slots;      // all, the last that was born, those drawn are every u_slots.z-th; columns
uniform ivec4 u_layers;     // of the history: all, the newest; the one that the first segment ends
                            // at; so many to each segment
uniform int u_segments;
uniform vec3 u_ahead;       // seconds: until the newest layer, between two layers; from one to the
                            // next as a part
uniform vec4 u_clock;       // seconds: since the last birth, between births, since the first
                            // segment's end, and of a segment
uniform vec4 u_life;        // seconds: a life, a trail, in which light comes, and goes
uniform vec2 u_edge;        // weights: where the far sides begin to fade, and are dark
uniform vec4 u_place;       // pixels: of the origin, and of a weight across and up
uniform vec2 u_pixels;      // of the picture
uniform vec2 u_look;        // width in pixels, and strength
uniform vec3 u_first, u_second, u_both;
flat out vec3 colour;
out vec2 streak;            // pixels off the middle, and light

const float UNSEEN = 0.004;  // a level of light

float smoothed(float x) {
  x = clamp(x, 0.0, 1.0);
  return x * x * (3.0 - 2.0 * x);
}

float light(float age, float ago, vec2 w) {
  float alive = smoothed(age / u_life.z) * smoothed((u_life.x - age) / u_life.w);
  vec2 inside = (u_edge.y - w) / (u_edge.y - u_edge.x);
  // a piece of a trail dims from its beginning: half a piece of 1/60 s later than its middle
  float left = (u_life.y + 1.0 / 120.0 - ago) / u_life.y;
  return u_look.y * alive * smoothed(inside.x) * smoothed(inside.y) * left;
}

vec2 layer(ivec2 pixel, int number) {
  return texelFetch(u_history, ivec3(pixel, (number + 2 * u_layers.x) % u_layers.x), 0).xy;
}

// Where a particle is: the parabola through the last three layers of its life.
vec2 head(ivec2 pixel, float age) {
  float passed = u_ahead.y - u_ahead.x, part = u_ahead.z;
  vec2 next = layer(pixel, u_layers.y);
  if (age <= passed) return mix(texelFetch(u_starts, pixel, 0).xy, next, age / (age + u_ahead.x));
  vec2 last = layer(pixel, u_layers.y - 1), straight = mix(last, next, part);
  if (age <= passed + u_ahead.y) return straight;
  vec2 before = layer(pixel, u_layers.y - 2);
  return straight + 0.5 * part * (part - 1.0) * (next - 2.0 * last + before);
}

void main() {
  int corner = gl_VertexID & 3, quad = gl_VertexID >> 2;
  int segment = quad % u_segments, number = quad / u_segments;
  int slot = int((uint(number) * uint(u_slots.z)) % uint(u_slots.x));
  ivec2 pixel = ivec2(slot % u_slots.w, slot / u_slots.w);
  float age = float((u_slots.y - slot + u_slots.x) % u_slots.x) * u_clock.y + u_clock.x;
  float old = u_clock.z + float(segment) * u_clock.w;
  float young = segment == 0 ? 0.0 : old - u_clock.w;
  colour = vec3(0.0);
  streak = vec2(0.0);
  gl_Position = vec4(3.0, 3.0, 0.0, 1.0);
  // whose slot is given away before the newest layer has gone dark
  if (old <= young || young > u_life.y || segment == 0 && age + u_ahead.x > u_life.x) return;
  int end = u_layers.z - segment * u_layers.w;
  vec2 here = segment == 0 ? head(pixel, age) : layer(pixel, end + u_layers.w);
  vec2 there;
  float life = age;
  if (young <= age && age < old) {
    there = texelFetch(u_starts, pixel, 0).xy;
    old = age;
  } else {
    there = layer(pixel, end);
    if (young > age) life += u_life.x;  // that of the particle before, whose trail is still seen
  }
  vec2 way = here - there, along = way * u_place.zw;
  float size = length(along);
  if (!(size < 1e6 && abs(here.x) + abs(here.y) < 1e6)) return;
  bool back = (corner & 1) == 1;
  vec2 w = back ? there : here;
  float ago = back ? old : young, left = light(life - ago, ago, w);
  if (max(left, light(life - (back ? young : old), back ? young : old, back ? here : there))
    < UNSEEN) return;
  vec2 beside = size > 1e-6 ? vec2(-along.y, along.x) / size : vec2(0.0, 1.0);
  float half_width = 0.5 * u_look.x;
  float off = (corner < 2 ? -1.0 : 1.0) * (half_width + 0.5);
  vec2 spot = u_place.xy + w * u_place.zw + off * beside;
  gl_Position = vec4(spot / u_pixels * 2.0 - 1.0, 0.0, 1.0);
  vec2 square = way * way;
  float share = square.x + square.y > 0.0 ? 2.0 * square.x / (square.x + square.y) : 1.0;
  colour = u_second + min(share, 1.0) * (u_both - u_second)
    + max(share - 1.0, 0.0) * (u_first - u_both);
  streak = vec2(off, left);
}
