#!/bin/sh
# Of a choice between two texts, extraction makes one message, which no program ever looks up; in
# JavaScript it keeps the second alone, and takes the key of a table for a text.
# Seen on 2026-11-29 with babel 2.19.0, without a warning.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet babel==2.19.0
cat >page.py <<'PY'
print(_("Play" if paused else "Pause"))
PY
cat >page.js <<'JS'
show(gettext(paused ? "Play" : "Pause"));
show(gettext(titles["dark"]));
JS
cat >babel.ini <<'INI'
[python: **.py]
[javascript: **.js]
INI
venv/bin/pybabel -q extract -F babel.ini --no-location -o found.pot page.py page.js
seen=$(grep '^msgid "[^"]' found.pot | tr '\n' ' ')
echo "$seen"
test "$seen" = 'msgid "PlayPause" msgid "Pause" msgid "dark" '
