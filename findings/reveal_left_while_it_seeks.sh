#!/bin/sh
# A film whose slide is left and seen again while it seeks is never started again: reveal.js then
# waits for `loadeddata`, which the HTML standard fires once after loading, not after a seek. It
# seeks to 0 itself each time it starts a film, and a film that loops seeks at its end.
# Seen on 2026-11-29 with reveal.js 6.0.2 in jsdom 26.1.0, and in Chromium; 5.2.1 does the same.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
npm install --silent --no-audit --no-fund jsdom@26.1.0 r5@npm:reveal.js@5.2.1 r6@npm:reveal.js@6.0.2 >/dev/null
cat >deck.mjs <<'JS'
import { JSDOM } from "jsdom";
import { readFileSync } from "node:fs";

const page = `<div class="reveal"><div class="slides">
  <section>one</section><section><video data-autoplay src="a.mp4"></video></section>
</div></div>`;

/** How often a film is started that is seen twice, the second time with that `readyState`. */
async function starts(version, state) {
  const { window } = new JSDOM(page, { runScripts: "outside-only", pretendToBeVisual: true });
  window.matchMedia = () => ({ matches: false, addEventListener() {} });
  window.ResizeObserver = class { observe() {} };
  const film = window.HTMLMediaElement.prototype;
  let ready = 4, count = 0, paused = true;
  film.play = () => {
    count += 1;
    paused = false;
    return Promise.resolve();
  };
  film.pause = () => (paused = true);
  film.load = () => {};
  Object.defineProperty(film, "readyState", { get: () => ready });
  Object.defineProperty(film, "paused", { get: () => paused });
  window.eval(readFileSync(`node_modules/${version}/dist/reveal.js`, "utf8"));
  await window.Reveal.initialize();
  window.Reveal.next();
  window.Reveal.prev();
  ready = state;
  window.Reveal.next();
  ready = 4;
  for (const name of ["seeked", "canplay", "canplaythrough"]) // what follows a seek
    window.document.querySelector("video").dispatchEvent(new window.Event(name));
  return count;
}
for (const version of ["r5", "r6"])
  console.log(`${await starts(version, 4)},${await starts(version, 1)}`);
process.exit(0);
JS
seen=$(node deck.mjs | tr '\n' ' ')
echo "a film seen twice is started, at rest and while it seeks, by 5 and by 6: $seen"
test "$seen" = "2,1 2,1 "
