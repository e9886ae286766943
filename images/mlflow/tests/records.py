"""A run with a complete record, made by calls of MLflow's REST alone: no client of ours."""

import json
from collections.abc import Callable
from typing import Any

API = "/api/2.0/mlflow"
FILES = "/api/2.0/mlflow-artifacts/artifacts"
PARTS = ("data", "features", "code", "parameters", "metrics", "model")

COLUMNS = json.dumps([{"name": "amount", "type": "double"}])
SIGNATURE = {"inputs": COLUMNS, "outputs": COLUMNS}
# JSON is YAML.
ML_MODEL = json.dumps({"flavors": {}, "signature": SIGNATURE}).encode()
TAGS = {"data": "transactions@7", "features": "transactions 7", "code": "c" * 40}
METRICS = {"validation_auc": 0.9, "test_auc": 0.91}

Call = Callable[..., Any]
"""Makes a call as somebody who must be allowed to: method, path, body, data."""


def run_lacking(call: Call, experiment: str, *lacking: str) -> str:
    """A new run that has all parts but some; its id."""
    run = str(call("POST", f"{API}/runs/create", {"experiment_id": experiment})["run"]["info"]["run_id"])
    complete(call, experiment, run, *lacking)
    return run


def complete(call: Call, experiment: str, run: str, *lacking: str) -> None:
    """Give a run all parts but some."""
    values = [{"key": key, "value": value, "timestamp": 1, "step": 0} for key, value in METRICS.items()]
    batch = {
        "tags": [{"key": f"millrace.{part}", "value": value} for part, value in TAGS.items() if part not in lacking],
        "params": [] if "parameters" in lacking else [{"key": "C", "value": "1"}],
        "metrics": [] if "metrics" in lacking else values,
    }
    call("POST", f"{API}/runs/log-batch", {"run_id": run, **batch})
    dataset = {"name": "transactions", "digest": "7", "source_type": "millrace", "source": "{}"}
    call("POST", f"{API}/runs/log-inputs", {"run_id": run, "datasets": [{"tags": [], "dataset": dataset}]})
    if "model" not in lacking:
        call("PUT", f"{FILES}/{experiment}/{run}/artifacts/model/MLmodel", data=ML_MODEL)


def version_of(name: str, experiment: str, run: str) -> dict[str, Any]:
    """What registers the files of a run."""
    return {"name": name, "source": f"mlflow-artifacts:/{experiment}/{run}/artifacts/model", "run_id": run}


def tags_lacking(*lacking: str) -> list[dict[str, str]]:
    """Tags of a version from another environment, with all parts but some."""
    told = {
        **TAGS,
        "parameters": json.dumps({"C": 1}),
        "metrics": json.dumps(METRICS),
        "model": json.dumps(SIGNATURE),
    }
    names = {"model": "signature"}
    return [{"key": f"millrace.{names.get(part, part)}", "value": value} for part, value in told.items() if part not in lacking]
