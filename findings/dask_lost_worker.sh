#!/bin/sh
# A task that may run on any worker stays without one when the worker it preferred has gone.
# Seen on 2026-11-27 with distributed 2026.8.0: TimeoutError after 8 s, with an idle worker there.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet distributed==2026.8.0
cat >farm.py <<'PY'
import time
from concurrent.futures import TimeoutError as Late
from dask.distributed import Client, LocalCluster, TimeoutError

def work():
    import time
    time.sleep(2)
    return "done"

if __name__ == "__main__":
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        with Client(cluster) as client:
            (first,) = client.scheduler_info()["workers"]
            task = client.submit(work, workers=[first], allow_other_workers=True, pure=False)
            time.sleep(0.5)
            cluster.scale(0)
            while client.scheduler_info()["workers"]:
                time.sleep(0.1)
            cluster.scale(1)
            client.wait_for_workers(1, timeout=30)
            try:
                print(task.result(timeout=8))
            except (TimeoutError, Late):
                print("no answer,", len(client.scheduler_info()["workers"]), "worker idle")
PY
seen=$(venv/bin/python farm.py 2>/dev/null | tail -n 1)
echo "$seen"
test "$seen" = "no answer, 1 worker idle"
