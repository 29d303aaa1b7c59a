#!/bin/sh
# A background film that is said not to loop and not to be muted loops and is muted.
# Seen on 2026-11-29 with reveal.js 6.0.2 in jsdom 26.1.0; 5.2.1 does the same.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
npm install --silent --no-audit --no-fund jsdom@26.1.0 r5@npm:reveal.js@5.2.1 r6@npm:reveal.js@6.0.2 >/dev/null
cat >deck.mjs <<'JS'
import { JSDOM } from "jsdom";
import { readFileSync } from "node:fs";

const page = `<div class="reveal"><div class="slides"><section data-background-video="clip.mp4"
  data-background-video-loop="false" data-background-video-muted="false">Film</section></div></div>`;
for (const version of ["r5", "r6"]) {
  const { window } = new JSDOM(page, { runScripts: "outside-only", pretendToBeVisual: true });
  window.matchMedia = () => ({ matches: false, addEventListener() {} });
  window.ResizeObserver = class { observe() {} };
  const film = window.HTMLMediaElement.prototype;
  film.play = () => Promise.resolve();
  film.pause = film.load = () => {};
  window.eval(readFileSync(`node_modules/${version}/dist/reveal.js`, "utf8"));
  await window.Reveal.initialize();
  const made = window.document.querySelector(".backgrounds video");
  console.log(made.hasAttribute("loop"), made.muted);
}
process.exit(0);
JS
seen=$(node deck.mjs | tr '\n' ' ')
echo "loops, muted, by 5 and by 6: $seen"
test "$seen" = "true true true true "
