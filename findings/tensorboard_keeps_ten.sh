#!/bin/sh
# TensorBoard's reader of event files keeps ten of all tensors of a name, and 10,000 of all scalars,
# at random steps and without a word: what PyTorch's add_tensor has written at each of
# 1,000 steps, or add_scalar(new_style=True), is ten points. A size of 0 keeps all.
# Seen on 2026-11-30 with tensorboard 2.21.0.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check tensorboard==2.21.0 'setuptools<81'
cat >events.py <<'PY'
import io
import logging
import warnings

warnings.simplefilter("ignore", UserWarning)  # of setuptools, about itself
import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.util.tensor_util import make_tensor_proto

STEPS = 12_000
said = io.StringIO()
logging.getLogger().addHandler(logging.StreamHandler(said))
out = EventFileWriter("run")
for step in range(STEPS):
    values = [Summary.Value(tag="loss", simple_value=step)]
    if step % 12 == 0:
        values.append(Summary.Value(tag="weights", tensor=make_tensor_proto(np.full(2, step, np.float32))))
    out.add_event(Event(step=step, wall_time=step, summary=Summary(value=values)))
out.close()


def kept(**size):
    reader = EventAccumulator("run", **size).Reload()
    tensors = [event.step for event in reader.Tensors("weights")]
    return len(reader.Scalars("loss")), len(tensors), tensors


loss, weights, steps = kept()
print(loss, weights, *kept(size_guidance={"scalars": 0, "tensors": 0})[:2], len(said.getvalue()))
print("steps", *steps)
PY
seen=$(venv/bin/python events.py)
echo "scalars of 12000, tensors of 1000; the same with sizes of 0; words: $seen"
test "$(echo "$seen" | head -n 1)" = "10000 10 12000 1000 0"
