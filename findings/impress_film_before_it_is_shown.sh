#!/bin/sh
# A film within a substep starts when its step is entered, while the substep still waits for its click: it
# runs unseen, and is shown somewhere in its middle or at its end. impress.js has substeps and media as two
# plugins, of which the second looks at steps alone. In reveal.js a film within a fragment waits for it.
# Seen on 2026-11-30 with impress.js 1.1.0 and reveal.js 6.0.2 in jsdom 26.1.0: of a slide with words and a
# film, each shown by a click, impress.js starts the film with no click, reveal.js with the second one.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
npm install --silent --no-audit --no-fund jsdom@26.1.0 impress.js@1.1.0 reveal.js@6.0.2 >/dev/null
cat >talk.mjs <<'JS'
import { JSDOM, VirtualConsole } from "jsdom";
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

function opened(page, script) {
  const { window } = new JSDOM(page, { runScripts: "outside-only", pretendToBeVisual: true, virtualConsole: new VirtualConsole() });
  window.matchMedia = () => ({ matches: false, addEventListener() {} });
  window.ResizeObserver = class { observe() {} };
  const film = window.HTMLMediaElement.prototype, started = new Set();
  film.play = function () {
    started.add(this.id);
    return Promise.resolve();
  };
  film.pause = film.load = () => {};
  Object.defineProperty(film, "readyState", { get: () => 4 });
  window.eval(readFileSync(`node_modules/${script}`, "utf8"));
  return { window, started };
}

async function clicked({ started }, next, shown) {
  const seen = [];
  for (let click = 0; click < 3; click++) {
    if (click) next();
    await pause(1500); // a step is entered when its transition is over
    seen.push(`${shown()}:${[...started].join("+") || "none"}`);
  }
  return seen.join(" ");
}

const impress = opened(`<div id="impress"><div class="step" data-media-autoplay="true">
  <p class="substep">words</p><div class="substep"><video id="film"></video></div></div>
  <div class="step" data-x="1000"></div></div>`, "impress.js/js/impress.js");
const api = impress.window.impress();
api.init();
const first = await clicked(impress, () => api.next(), () => impress.window.document.querySelectorAll(".substep-visible").length);
const reveal = opened(`<div class="reveal"><div class="slides"><section>
  <p class="fragment">words</p><div class="fragment"><video id="film" data-autoplay></video></div></section></div></div>`, "reveal.js/dist/reveal.js");
await reveal.window.Reveal.initialize();
const second = await clicked(reveal, () => reveal.window.Reveal.next(), () => reveal.window.document.querySelectorAll(".fragment.visible").length);
console.log(`${first}; ${second}`);
process.exit(0);
JS
seen=$(node talk.mjs)
echo "parts shown, and films started, by impress.js and by reveal.js: $seen"
test "$seen" = "0:film 1:film 2:film; 0:none 1:none 2:film"
