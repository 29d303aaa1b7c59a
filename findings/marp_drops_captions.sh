#!/bin/sh
# Captions of a film come out as text, and its style is gone; a width survives.
# Seen on 2026-11-27 with @marp-team/marp-cli 4.5.1.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
npm install --silent --no-audit --no-fund @marp-team/marp-cli@4.5.1 >/dev/null
cat >slides.md <<'MD'
# Film

<video src="clip.mp4" width="100%" style="height: 100%" controls><track src="clip.vtt" srclang="en"></video>
MD
node_modules/.bin/marp --output slides.html slides.md 2>/dev/null </dev/null
has() { if grep -q "$1" slides.html; then echo yes; else echo no; fi; }
seen="video $(has '<video') width $(has '<video[^>]*width=') style $(has '<video[^>]*style=') track $(has '<track') text $(has '&lt;track')"
echo "$seen"
test "$seen" = "video yes width yes style no track no text yes"
