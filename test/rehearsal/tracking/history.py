"""Records a history with a tracking server (`history.py record`), or reads all of it back as JSON (`history.py read`)."""

import hashlib
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import mlflow
from mlflow.entities import AssessmentSource, Metric, Param, RunTag, ViewType
from mlflow.tracking import MlflowClient

EXPERIMENTS = ("churn", "ranking")
RUNS = 2
"""Runs of each experiment."""
STEPS = 25
MODEL = "churn"


def record(client: MlflowClient) -> None:
    """Record experiments, runs with all that belongs to them, a model with two versions, and a trace that somebody judged."""
    dice = random.Random(14)  # noqa: S311 - no secret
    for name in EXPERIMENTS:
        experiment = client.create_experiment(name, tags={"team": f"{name}-team"})
        for number in range(RUNS):
            run = client.create_run(experiment, run_name=f"{name}-{number}", tags={"note": "Größe: 1 × 2\nand another line"})
            own = run.info.run_id
            metrics = [
                Metric("loss", dice.random() * 10 ** dice.randint(-9, 9), 1_700_000_000_000 + step, step) for step in range(STEPS)
            ]
            params = [Param("rate", repr(dice.random())), Param("layers", json.dumps([64, 32])), Param("empty", "")]
            client.log_batch(own, metrics=metrics, params=params, tags=[RunTag("seed", str(dice.random()))])
            with TemporaryDirectory() as folder:
                for path, size in (
                    ("model/MLmodel", 300),
                    ("model/weights.bin", 300_000),
                    ("plots/a b/ü.png", 5_000),
                    ("empty", 0),
                ):
                    file = Path(folder, path)
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(dice.randbytes(size))
                client.log_artifacts(own, folder)
            client.set_terminated(own, status="FAILED" if number == 1 else "FINISHED")
            if number == 1 and name != MODEL:
                client.delete_run(own)
    client.create_registered_model(MODEL, tags={"owner": "risk"}, description="who leaves")
    for run in client.search_runs([client.get_experiment_by_name(MODEL).experiment_id]):
        client.create_model_version(
            MODEL, f"{run.info.artifact_uri}/model", run.info.run_id, tags={"rate": run.data.params["rate"]}
        )
    client.set_registered_model_alias(MODEL, "champion", "1")
    client.set_registered_model_alias(MODEL, "candidate", "2")
    mlflow.set_experiment("ranking")
    with mlflow.start_span("answer") as span:
        span.set_inputs({"question": "why?"})
        span.set_outputs({"answer": "because"})
        with mlflow.start_span("look up", attributes={"rows": 3}):
            pass
    mlflow.flush_trace_async_logging()
    mlflow.log_feedback(trace_id=span.trace_id, name="useful", value=True, source=AssessmentSource("HUMAN", "somebody"))


def read(client: MlflowClient) -> dict[str, Any]:
    """Everything that was recorded, as the client reads it."""
    experiments = [client.get_experiment_by_name(name) for name in EXPERIMENTS]
    traces = client.search_traces(locations=[each.experiment_id for each in experiments])
    model = client.get_registered_model(MODEL)
    return {
        "experiments": [plain(each) for each in experiments],
        "runs": [
            run_of(client, each)
            for each in client.search_runs([e.experiment_id for e in experiments], run_view_type=ViewType.ALL)
        ],
        "model": {**plain(model), "latest_versions": None},
        "versions": [plain(each) for each in client.search_model_versions(f"name='{MODEL}'")],
        "traces": [
            [[s.name, s.inputs, s.outputs, s.start_time_ns, s.end_time_ns, s.get_attribute("rows")] for s in each.data.spans]
            for each in traces
        ],
        "judged": [[a.name, a.value, a.source.source_id] for each in traces for a in each.info.assessments],
    }


def run_of(client: MlflowClient, run: Any) -> dict[str, Any]:
    """A run with the history of its metrics, and the hashes of its files."""
    own = run.info.run_id
    history = {key: [[m.value, m.step, m.timestamp] for m in client.get_metric_history(own, key)] for key in run.data.metrics}
    with TemporaryDirectory() as folder:
        files = {
            path: hashlib.sha256(Path(client.download_artifacts(own, path, folder)).read_bytes()).hexdigest()
            for path in paths(client, own)
        }
    data = {"params": run.data.params, "tags": run.data.tags}
    return {**plain(run.info), **data, "history": history, "files": files}


def paths(client: MlflowClient, run: str, below: str | None = None) -> Iterator[str]:
    """Paths of all files of a run."""
    for entry in client.list_artifacts(run, below):
        if entry.is_dir:
            yield from paths(client, run, entry.path)
        else:
            yield entry.path


def plain(entity: Any) -> dict[str, Any]:
    """Fields of an entity of MLflow, as text where they are no plain values."""
    return {
        key: value if isinstance(value, (str, int, float, dict, type(None))) else str(value)
        for key, value in dict(entity).items()
    }


if __name__ == "__main__":
    if sys.argv[1] == "record":
        record(MlflowClient())
    else:
        json.dump(read(MlflowClient()), sys.stdout)
