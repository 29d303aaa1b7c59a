#!/bin/sh
# Voila serves pictures that lie beside a notebook, and neither films nor captions: what plays in
# JupyterLab is an empty player in the page, since it allows png, jpg, gif and svg alone.
# Seen on 2026-11-30 with voila 0.5.13: clip.png 200, clip.mp4 403, clip.webm 403, clip.vtt 403; with
# VoilaConfiguration.file_allowlist they come.
set -eu
there=$(mktemp -d)
served=
trap 'test -z "$served" || kill "$served" 2>/dev/null || true; rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check voila==0.5.13
mkdir talk
for kind in png mp4 webm vtt; do echo clip >talk/clip.$kind; done
cat >ask.py <<'PY'
import sys
import time
import urllib.error
import urllib.request


def answer(kind):
    while True:
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{sys.argv[1]}/voila/files/clip.{kind}").status
        except urllib.error.HTTPError as error:
            return error.code
        except urllib.error.URLError:  # it is not there yet
            time.sleep(0.2)


print(*(f"{kind} {answer(kind)}" for kind in ("png", "mp4", "webm", "vtt")), end="; ")
PY
asked() {
    port=$(venv/bin/python -c 'import socket; s = socket.create_server(("127.0.0.1", 0)); print(s.getsockname()[1])')
    venv/bin/voila --no-browser --ip=127.0.0.1 --port="$port" --port_retries=0 "$@" talk >log 2>&1 &
    served=$!
    timeout 60 venv/bin/python ask.py "$port"
    kill "$served"
    wait "$served" || true
    served=
}
seen=$(asked; asked --VoilaConfiguration.file_allowlist='.*\.(png|mp4|webm|vtt)')
echo "by default, and where they are allowed: $seen"
test "$seen" = "png 200 mp4 403 webm 403 vtt 403; png 200 mp4 200 webm 200 vtt 200; "
