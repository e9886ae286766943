"""What a release says of a registered version, by the command."""

import json
import subprocess
import sys
from pathlib import Path

import mlflow
import pytest
from mlflow.tracking import MlflowClient

from millrace.data import tree_digest

from .conftest import Server
from .training import COMMIT, FEATURES, METRICS, log_model, recorded

pytestmark = pytest.mark.usefixtures("server")


def export(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "millrace", "export", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("version", ["1", "@candidate"])
def test_a_release_has_its_record_and_the_digest_of_its_files(version: str, tmp_path: Path) -> None:
    run = recorded(f"released-{version.strip('@')}")
    registered = run.register()
    ran = export(registered.model, version, "--files", str(tmp_path / "files"))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout) == {
        "code": COMMIT,
        "data": "transactions@2026-11-20",
        "features": FEATURES,
        "metrics": {"validation": {"auc": METRICS["validation_auc"]}, "test": {"auc": METRICS["test_auc"]}},
        "model": registered.model,
        "parameters": {"C": "1.0"},
        "run": run.run_id,
        "semanticVersion": "1.0.0",
        "sha256": tree_digest(tmp_path / "files"),
        "version": "1",
    }
    assert "MLmodel" in [path.name for path in (tmp_path / "files").iterdir()]
    assert mlflow.sklearn.load_model(str(tmp_path / "files")).n_features_in_ == 2


def test_a_version_that_something_else_registered_is_refused() -> None:
    mlflow.set_experiment("elsewhere")
    with mlflow.start_run() as run:
        log_model()
    outputs = MlflowClient().get_run(run.info.run_id).outputs
    assert outputs
    mlflow.register_model(f"models:/{outputs.model_outputs[0].model_id}", "elsewhere")
    MlflowClient().create_model_version("elsewhere", f"{run.info.artifact_uri}/model", run.info.run_id)
    incomplete, foreign = export("elsewhere", "1"), export("elsewhere", "2")
    assert incomplete.returncode == 1
    assert incomplete.stderr.startswith(f"run {run.info.run_id} must have all six parts of its record")
    assert (foreign.returncode, foreign.stdout) == (2, "")
    assert foreign.stderr == "'<version>' must be one that millrace.register made, got '2', which has no run or model\n"


def test_what_is_not_there_and_a_folder_with_files_are_refused(tmp_path: Path, server: Server) -> None:
    (tmp_path / "kept").write_text("1")
    absent, full = export("nobody", "1"), export("nobody", "1", "--files", str(tmp_path))
    assert absent.returncode == 3
    assert absent.stderr.startswith(f"the tracking server {server.url} must give nobody 1, it says: RESOURCE_DOES_NOT_EXIST")
    assert (full.returncode, full.stderr) == (2, f"'--files' must be a new or an empty folder, got '{tmp_path}'\n")
    assert (tmp_path / "kept").read_text() == "1"
