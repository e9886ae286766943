"""MLflow's own client, with a token in a variable and in a file, as people and jobs use it."""

import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from tests.people import People
from tests.server import Server

TRAINS = """
import sys, mlflow
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput
name = sys.argv[1]
mlflow.set_experiment(name)
with mlflow.start_run() as run:
    mlflow.log_param("a", 1)
    mlflow.log_metrics({"validation_auc": 0.9, "test_auc": 0.8, "loss": 0.1})
    mlflow.log_dict({"a": 1}, "notes.json")
    mlflow.set_tags({"millrace.data": "rows@7", "millrace.features": "rows 7", "millrace.code": "c" * 40})
    MlflowClient().log_inputs(run.info.run_id, [DatasetInput(Dataset("rows", "7", "millrace", "{}"), [])])
    mlflow.log_text('{"signature": {"inputs": [1], "outputs": [1]}}', "model/MLmodel")
client = MlflowClient()
client.create_registered_model(name)
version = client.create_model_version(name, f"{run.info.artifact_uri}/model", run.info.run_id)
client.set_registered_model_alias(name, "candidate", version.version)
assert mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/notes.json") == {"a": 1}
assert [each.name for each in client.search_experiments()].count(name) == 1
client.set_registered_model_alias(name, sys.argv[2], version.version)
"""


def trains(server: Server, alias: str, tmp_path: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", TRAINS, f"model-{uuid.uuid4().hex}", alias],
        env={**server.variables_of_client(), "MLFLOW_TRACKING_URI": server.url, "HOME": str(tmp_path), **variables},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("who", "status"), [("ml-engineer", 0), ("data-scientist", 1), ("trainer", 1)])
def test_people_and_jobs_train_and_register_and_only_some_set_champion(
    server: Server, people: People, tmp_path: Path, who: str, status: int
) -> None:
    done = trains(server, "champion", tmp_path, MLFLOW_TRACKING_TOKEN=people.token(who))
    assert done.returncode == status, done.stderr
    if status:
        assert "may not set-champion here" in done.stderr


def test_an_expired_token_is_told_to_the_person(server: Server, people: People, tmp_path: Path) -> None:
    token = people.company.token(exp=1, groups=["risk-ml-engineers"])
    done = trains(server, "candidate", tmp_path, MLFLOW_TRACKING_TOKEN=token)
    assert done.returncode == 1
    assert "the token has expired: get a new one" in done.stderr
