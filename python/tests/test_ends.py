"""Trainings that do not come to their end, in processes of their own."""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow.tracking import MlflowClient

import millrace

from .conftest import Server, use
from .training import COMMIT, DATA, FEATURES

PROGRAM = """
import sys, time, mlflow, millrace
with millrace.record(sys.argv[1], data=millrace.Data("rows", "7"), features="rows 7", code="c" * 40) as run:
    mlflow.log_param("C", 1)
    print(run.run_id, flush=True)
    {then}
run.register()
"""


def started(model: str, folder: Path, then: str = "time.sleep(600)") -> tuple[subprocess.Popen[str], str]:
    """A training in the middle of its block, and the id of its run."""
    program = folder / "train.py"
    program.write_text(PROGRAM.format(then=then))
    process = subprocess.Popen([sys.executable, str(program), model], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def status(run_id: str) -> str:
    return str(MlflowClient().get_run(run_id).info.status)


def nothing_registered(model: str) -> bool:
    return not MlflowClient().search_registered_models(f"name='{model}'")


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, -signal.SIGINT)])
def test_a_training_that_is_asked_to_end_leaves_a_failed_run(
    sent: signal.Signals, code: int, server: Server, tmp_path: Path
) -> None:
    process, run_id = started("asked", tmp_path)
    process.send_signal(sent)
    process.communicate()
    assert process.returncode == code
    assert status(run_id) == "FAILED"
    assert nothing_registered("asked")


def test_an_error_in_the_block_leaves_a_failed_run(server: Server, tmp_path: Path) -> None:
    process, run_id = started("error", tmp_path, then="raise ValueError('no rows')")
    _, said = process.communicate()
    assert process.returncode == 1
    assert "ValueError: no rows" in said
    assert status(run_id) == "FAILED"
    with pytest.raises(millrace.WrongArgument, match=r"must be a run that has finished, got .*, which is FAILED"):
        millrace.register(run_id)


def test_a_training_that_is_killed_can_never_be_registered(server: Server, tmp_path: Path) -> None:
    process, run_id = started("killed", tmp_path)
    process.kill()
    process.communicate()
    with pytest.raises(millrace.WrongArgument, match=r"must be a run that has finished, got .*, which is RUNNING"):
        millrace.register(run_id)
    assert nothing_registered("killed")


@pytest.fixture
def impatient(own_server: Server, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server of one's own, and a client that tries three times within a second or so."""
    use(own_server, monkeypatch)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR", "0")
    yield own_server
    mlflow.set_tracking_uri("")


def test_a_server_that_is_gone_is_told_in_one_sentence(impatient: Server) -> None:
    with (
        pytest.raises(millrace.TrackingFailed) as failed,
        millrace.record("gone", data=DATA, features=FEATURES, code=COMMIT) as run,
    ):
        mlflow.log_param("C", 1)
        impatient.stop()
        mlflow.log_param("D", 1)
    said = str(failed.value)
    assert said.startswith(
        f"the tracking server {impatient.url} must keep run {run.run_id}, which is not complete and cannot be "
    )
    assert "Max retries exceeded" in said
    assert mlflow.active_run() is None
    with pytest.raises(millrace.TrackingFailed, match=rf"must register the model of run {run.run_id}"):
        run.register()
    with pytest.raises(millrace.TrackingFailed, match=r"must begin a run of gone"), millrace.record("gone"):
        pytest.fail("the block must not run")
    impatient.start()
    with pytest.raises(millrace.WrongArgument, match=r"which is RUNNING"):
        run.register()


def test_a_server_that_is_back_in_time_loses_nothing(own_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(own_server, monkeypatch)
    then = "sys.stdin.readline(); print('goes on', flush=True); mlflow.log_metric('test_auc', 0.9)"
    program = tmp_path / "train.py"
    program.write_text(PROGRAM.format(then=then))
    with subprocess.Popen(
        [sys.executable, str(program), "back"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        run_id = process.stdout.readline().strip()
        own_server.stop()
        process.stdin.write("\n")
        process.stdin.flush()
        assert process.stdout.readline() == "goes on\n"
        own_server.start()
        _, said = process.communicate()
    run = MlflowClient().get_run(run_id)
    assert (run.info.status, run.data.metrics) == ("FINISHED", {"test_auc": 0.9})
    assert "IncompleteRecord" in said
    mlflow.set_tracking_uri("")
