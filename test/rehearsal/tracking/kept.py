"""Records three runs with everything that a run can have, deletes the first two, and prints the ids of all three."""

import json
import sys

from mlflow.tracking import MlflowClient

client = MlflowClient()
experiment = client.create_experiment("kept")
runs = [client.create_run(experiment, tags={"which": str(number)}).info.run_id for number in range(3)]
for run in runs:
    client.log_metric(run, "loss", 0.5, step=1)
    client.log_param(run, "rate", f"rate-of-{run}")
    client.log_text(run, "text", "notes/text.txt")
    client.set_terminated(run)
for run in runs[:2]:
    client.delete_run(run)
json.dump(runs, sys.stdout)
