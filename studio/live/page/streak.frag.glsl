// What a trail leaves in a pixel: by how much of it the trail covers across.

precision highp float;

in vec3 colour;
in vec3 streak;
out vec4 left;

void main() {
  float covered = clamp(streak.y + 0.5 - abs(streak.x), 0.0, 1.0);
  left = vec4(colour * max(streak.z, 0.0) * covered, 1.0);
}
