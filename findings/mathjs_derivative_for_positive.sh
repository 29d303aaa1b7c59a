#!/bin/sh
# A derivative of mathjs is simplified before it is returned, as if every variable were positive: that of
# (x^2)^1.5, which is |x|^3, is 3 x^2, which has the wrong sign on the left, so that descent there runs
# uphill, away from the minimum. simplify's realContext would keep it, but derivative does not use it.
# Seen on 2026-11-30 with mathjs 15.2.0: at -2 it says 12 where the slope is -12; {simplify: false} says
# -12, and so do abs(x)^3 and sqrt(x^2)^3, which mean the same. Descent from -0.5 comes to -1.86 in place
# of -0.28. Of (x^2 y^2)^(1/2) it says y.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
npm install --silent --no-audit --no-fund mathjs@15.2.0 >/dev/null
cat >slope.mjs <<'JS'
import { derivative, evaluate, simplify } from "mathjs";

function slopes(formula) {
  const at = (x) => evaluate(formula, { x }), told = { x: -2 };
  const measured = (at(-2 + 1e-6) - at(-2 - 1e-6)) / 2e-6;
  return [derivative(formula, "x"), derivative(formula, "x", { simplify: false })]
    .map((found) => found.evaluate(told)).concat(Math.round(measured)).join(" ");
}

function descended(simplified) {
  const slope = derivative("(x^2)^1.5", "x", { simplify: simplified });
  let x = -0.5;
  for (let step = 0; step < 50; step++) x -= 0.01 * slope.evaluate({ x });
  return x.toFixed(2);
}

const kept = simplify("(x^2)^1.5", {}, { context: simplify.realContext }).toString();
console.log(["(x^2)^1.5", "abs(x)^3", "sqrt(x^2)^3"].map(slopes).join(", "));
console.log(descended(true), descended(false), kept, derivative("(x^2 * y^2)^(1/2)", "x").toString());
JS
seen=$(node slope.mjs)
echo "slopes by default, not simplified, and measured; where descent comes to by default, and not simplified:
$seen"
test "$seen" = "12 -12 -12, -12 -12 -12, -12 -12 -12
-1.86 -0.28 (x ^ 2) ^ (3 / 2) y"
