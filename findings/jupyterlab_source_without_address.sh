#!/bin/sh
# In a notebook that is not trusted, <video src> keeps its film, even one that is embedded, and the
# <source> within a <video>, as IPython's Video writes it, loses its address: an empty player.
# Seen on 2026-11-29 with @jupyterlab/apputils 4.7.6, which JupyterLab 4.6 shows outputs with.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
npm install --silent --no-audit --no-fund @jupyterlab/apputils@4.7.6 >/dev/null
cat >films.mjs <<'JS'
import { Sanitizer } from "@jupyterlab/apputils/lib/sanitizer.js";

const shown = new Sanitizer();
const film = "data:video/mp4;base64,AAAA";
for (const html of [
  `<video src="clip.mp4" controls></video>`,
  `<video src="${film}" controls></video>`,
  `<video controls><source src="clip.mp4" type="video/mp4"></video>`,
  `<video controls><source src="${film}" type="video/mp4"></video>`,
]) {
  const text = shown.sanitize(html);
  console.log(text.includes("clip.mp4") || text.includes(film));
}
JS
seen=$(node films.mjs | tr '\n' ' ')
echo "address kept in video src, embedded; in source, embedded: $seen"
test "$seen" = "true true false false "
