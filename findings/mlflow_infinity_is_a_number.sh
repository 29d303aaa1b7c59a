#!/bin/sh
# A metric that is infinite comes back from MLflow as 1.8e308, the largest number, which is finite: a
# run that diverged passes numpy.isfinite. NaN stays NaN.
# Seen on 2026-11-30 with mlflow-skinny 3.17.2, in SQLite, where it keeps runs if no server is named.
set -eu
there=$(mktemp -d)
trap 'rm -rf "$there"' EXIT
cd "$there"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mlflow-skinny==3.17.2 sqlalchemy==2.1.9 alembic==1.20.1
cat >log.py <<'PY'
import math

import mlflow

with mlflow.start_run() as run:
    for step, loss in enumerate((1.0, math.inf, -math.inf, math.nan)):
        mlflow.log_metric("loss", loss, step=step)
print(mlflow.get_tracking_uri().partition(":")[0])
print([entry.value for entry in mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")])
PY
seen=$(venv/bin/python log.py 2>/dev/null | tr '\n' ' ')
echo "1, inf, -inf, nan come back as: $seen"
test "$seen" = "sqlite [1.0, 1.7976931348623157e+308, -1.7976931348623157e+308, nan] "
