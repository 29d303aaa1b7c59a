// The field as particles feel it: at coordinates z, the weights and their velocity.

precision highp float;
precision highp int;

uniform sampler2D u_places;
out vec4 felt;

void main() {
  vec2 z = texelFetch(u_places, ivec2(gl_FragCoord.xy), 0).xy;
  vec2 w = leave(z);
  felt = vec4(w, push(z, w, drift(z)));
}
