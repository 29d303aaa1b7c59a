// The flow in the chart, as fields.GradientFlow and fields.EvenPace have it. Before it stand the
// generated enter, leave, pull, push and tolerated of the chart, and downhill, -grad l, of the loss.

uniform float u_rate;      // of flow time
uniform float u_even;      // 1: even pace
uniform float u_speed;     // weights a second, at even pace
uniform float u_softness;
uniform float u_by_loss;   // 1: what is near a minimizer rests, by the gradient of the loss

float norm(vec2 v) { return f_hypot(v.x, v.y); }

// The factor that makes a velocity's pace even.
float paced(vec2 v, vec2 g) {
  float size = norm(v);
  if (u_by_loss > 0.5) {
    float slope = norm(g);
    return size > 0.0 ? u_speed * (slope / norm(vec2(slope, u_softness))) / size : 0.0;
  }
  return u_speed / norm(vec2(size, u_softness));
}

vec2 drift(vec2 z) {
  vec2 w = leave(z), g = downhill(w);
  vec2 d = pull(z, w, u_rate * g);
  return u_even > 0.5 ? paced(push(z, w, d), g) * d : d;
}
