#!/bin/sh
# What a widget says is infinite, or is no number, comes to its page as the text "inf" or "nan", which
# JavaScript's Number() reads as NaN; and where orjson happens to be installed, both come as null,
# without the warning. So one notebook draws other things on two machines.
# Seen on 2026-11-30 with anywidget 0.11.0, jupyter-client 8.10.0 and orjson 3.13.0.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check anywidget==0.11.0 jupyter-client==8.10.0
cat >send.py <<'PY'
import math
import warnings

import anywidget
import traitlets
from jupyter_client.session import Session


class Live(anywidget.AnyWidget):
    _esm = "export default {}"
    depth = traitlets.Float().tag(sync=True)
    loss = traitlets.Float().tag(sync=True)


with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    state = Live(depth=math.inf, loss=math.nan).get_state(["depth", "loss"])
    sent = Session().pack(state)
print(sent.decode(), any("serialization failed" in str(w.message) for w in said), end=" ")
PY
seen=$(venv/bin/python send.py)
venv/bin/pip install --quiet --disable-pip-version-check orjson==3.13.0
seen="$seen$(venv/bin/python send.py)"
echo "sent, and warned of, without and with orjson: $seen"
test "$seen" = '{"depth": "inf", "loss": "nan"} True {"depth":null,"loss":null} False '
