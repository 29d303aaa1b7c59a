// What a trail leaves in a pixel: by how much of it the trail covers across.

precision highp float;

uniform vec2 u_look;
flat in vec3 colour;
in vec2 streak;
out vec4 left;

void main() {
  float covered = clamp(0.5 * u_look.x + 0.5 - abs(streak.x), 0.0, 1.0);
  left = vec4(colour * (max(streak.y, 0.0) * covered), 1.0);
}
