#!/bin/sh
# A film that is a fragment itself never starts when it is shown; within a fragment it does.
# Seen on 2026-11-29 with reveal.js 6.0.2 in jsdom 26.1.0; 5.2.1 does the same.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
npm install --silent --no-audit --no-fund jsdom@26.1.0 r5@npm:reveal.js@5.2.1 r6@npm:reveal.js@6.0.2 >/dev/null
cat >deck.mjs <<'JS'
import { JSDOM } from "jsdom";
import { readFileSync } from "node:fs";

const page = `<div class="reveal"><div class="slides"><section>
  <video id="own" class="fragment" data-autoplay src="a.mp4"></video>
  <div class="fragment"><video id="within" data-autoplay src="b.mp4"></video></div>
</section></div></div>`;
for (const version of ["r5", "r6"]) {
  const { window } = new JSDOM(page, { runScripts: "outside-only", pretendToBeVisual: true });
  window.matchMedia = () => ({ matches: false, addEventListener() {} });
  window.ResizeObserver = class { observe() {} };
  const film = window.HTMLMediaElement.prototype, started = [];
  film.play = function () {
    started.push(this.id);
    return Promise.resolve();
  };
  film.pause = film.load = () => {};
  Object.defineProperty(film, "readyState", { get: () => 4 });
  window.eval(readFileSync(`node_modules/${version}/dist/reveal.js`, "utf8"));
  await window.Reveal.initialize();
  const shown = [];
  for (const step of [1, 2]) {
    window.Reveal.next();
    shown.push(window.document.querySelectorAll(".fragment.visible").length);
  }
  console.log(`${shown.join(",")}:${[...new Set(started)].join(",")}`);
}
process.exit(0);
JS
seen=$(node deck.mjs | tr '\n' ' ')
echo "fragments shown by two clicks, and films started, by 5 and by 6: $seen"
test "$seen" = "1,2:within 1,2:within "
