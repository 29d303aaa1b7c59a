// Light as film shows it: 1 - exp(-x), screened over the ground, or, on paper, over its negative.

precision highp float;

uniform sampler2D u_light;
uniform vec3 u_ground;
uniform float u_paper;
out vec4 colour;

void main() {
  vec3 light = min(texelFetch(u_light, ivec2(gl_FragCoord.xy), 0).rgb, 60.0);
  vec3 seen = 1.0 - exp(-light);
  vec3 made = u_paper > 0.5 ? u_ground * (1.0 - seen) : u_ground + (1.0 - u_ground) * seen;
  colour = vec4(made, 1.0);
}
