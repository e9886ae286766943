"""Runs of `millrace.record` on a real server."""

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import mlflow
import mlflow.xgboost
import pytest
from mlflow.entities import DatasetInput, Run
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient
from xgboost import XGBClassifier

import millrace

from .conftest import Server
from .training import COMMIT, DATA, FEATURES, LABELS, METRICS, ROWS, fitted, log_all, recorded

pytestmark = pytest.mark.usefixtures("server")


def inputs(run: Run) -> list[DatasetInput]:
    assert run.inputs
    return run.inputs.dataset_inputs


def test_a_block_leaves_all_six_parts(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "rows.csv").write_text("1")
    held_out = millrace.files("held out", tmp_path, context="test")
    run = recorded("six", data=[DATA, held_out], run_name="first")
    assert run.missing() == []
    assert caplog.records == []
    kept = MlflowClient().get_run(run.run_id)
    assert kept.outputs
    assert (kept.info.status, kept.info.run_name) == ("FINISHED", "first")
    assert kept.data.tags["millrace.data"] == f"transactions@2026-11-20, held out@{held_out.version}"
    assert (kept.data.tags["millrace.features"], kept.data.tags["millrace.code"]) == (FEATURES, COMMIT)
    assert (kept.data.params, kept.data.metrics) == ({"C": "1.0"}, METRICS)
    told = {each.dataset.name: (each.dataset.digest, each.tags[0].value) for each in inputs(kept)}
    assert told == {"transactions": ("2026-11-20", "training"), "held out": (held_out.version, "test")}
    manifest = json.loads(mlflow.artifacts.load_text(f"{kept.info.artifact_uri}/data/{held_out.version}.json"))
    assert manifest == {"name": "held out", "files": list(held_out.manifest)}
    (logged,) = kept.outputs.model_outputs
    assert mlflow.models.get_model_info(f"models:/{logged.model_id}").signature is not None


def test_features_may_have_a_version_each() -> None:
    with millrace.record("features", features={"transactions": "7", "Kunden": "3"}) as run:
        pass
    assert MlflowClient().get_run(run.run_id).data.tags["millrace.features"] == "transactions 7, Kunden 3"


def test_the_end_of_a_block_warns_of_what_is_missing(caplog: pytest.LogCaptureFixture) -> None:
    with millrace.record("bare", data=DATA, features=FEATURES, code=COMMIT) as run:
        mlflow.log_param("C", 1)
    ((_, level, text),) = caplog.record_tuples
    assert level == logging.WARNING
    assert text.startswith(f"run {run.run_id} is kept, and cannot be registered. It lacks:\n- metrics must have")
    assert "\n- model must be logged in the run, got none: log it with mlflow.<flavor>.log_model(" in text


def test_autolog_of_scikit_learn_gives_parameters_and_model() -> None:
    mlflow.sklearn.autolog()
    try:
        with millrace.record("autolog", data=DATA, features=FEATURES, code=COMMIT) as run:
            fitted()
            mlflow.log_metrics(METRICS)
    finally:
        mlflow.sklearn.autolog(disable=True)
    assert run.missing() == []
    assert run.register().version == "1"


def test_autolog_of_xgboost_gives_parameters_and_model() -> None:
    mlflow.xgboost.autolog()
    try:
        with millrace.record("autolog-xgboost", data=DATA, features=FEATURES, code=COMMIT) as run:
            model = XGBClassifier(n_estimators=2).fit(ROWS, LABELS, eval_set=[(ROWS, LABELS)], verbose=False)
            mlflow.log_metrics({**METRICS, "test_first": float(model.predict(ROWS)[0])})
    finally:
        mlflow.xgboost.autolog(disable=True)
    assert run.missing() == []


def test_threads_record_side_by_side() -> None:
    together = Barrier(4)

    def one(number: int) -> millrace.Recording:
        together.wait()
        with millrace.record("threads", data=millrace.Data("rows", str(number)), features=FEATURES, code=COMMIT) as run:
            together.wait()
            mlflow.log_param("number", number)
            log_all()
        return run

    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(one, range(4)))
    for number, run in enumerate(runs):
        data = MlflowClient().get_run(run.run_id).data
        assert (data.params["number"], data.tags["millrace.data"]) == (str(number), f"rows@{number}")
        assert run.missing() == []
    assert len({MlflowClient().get_run(run.run_id).info.experiment_id for run in runs}) == 1


def test_names_of_every_language_are_kept() -> None:
    data = millrace.Data("Überweisungen 支払い", "版 7")
    run = recorded("unicode", data=data, features="Kundenmerkmale 顧客 7", experiment="Prüfung 検証", run_name="першы")
    kept = MlflowClient().get_run(run.run_id)
    assert run.missing() == []
    assert kept.data.tags["millrace.data"] == "Überweisungen 支払い@版 7"
    assert inputs(kept)[0].dataset.name == data.name
    assert MlflowClient().get_experiment(kept.info.experiment_id).name == "Prüfung 検証"


def test_a_version_that_is_longer_than_a_digest_of_mlflow_is_kept_whole() -> None:
    run = recorded("long", data=millrace.Data("rows", "e" * 64))
    kept = MlflowClient().get_run(run.run_id)
    assert run.missing() == []
    assert json.loads(inputs(kept)[0].dataset.source)["version"] == "e" * 64


@pytest.mark.parametrize("length", [6_000, 6_001])
def test_a_parameter_that_mlflow_cuts_or_may_have_cut_is_told(length: int) -> None:
    with millrace.record("cut", data=DATA, features=FEATURES, code=COMMIT) as run:
        log_all()
        mlflow.log_param("columns", "x" * length)
    (missing,) = run.missing()
    assert str(missing).startswith(
        "parameters must be shorter than 6000 characters, where MLflow cuts them, got 'columns' with 6000: log the value as"
    )


def test_a_parameter_of_5999_characters_is_kept() -> None:
    with millrace.record("not-cut", data=DATA, features=FEATURES, code=COMMIT) as run:
        log_all()
        mlflow.log_param("columns", "x" * 5_999)
    assert run.missing() == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"model": "Betrug"}, "'model' must be lower-case letters, digits and hyphens, .* got 'Betrug'"),
        ({"model": "a" * 41}, "'model' must be .* at most 40 characters"),
        ({"data": "transactions"}, r"'data' must be millrace.files\(…\) or millrace.Data\(…\), got 'transactions'"),
        ({"data": [DATA, "more"]}, "'data' must be .* got 'more'"),
        (
            {"data": [millrace.Data(str(each), "x" * 90) for each in range(3)]},
            "'data' must be one line of at most 200 characters",
        ),
        ({"features": "a\nb"}, r"'features' must be one line of at most 200 characters in a release, got 'a\\nb'"),
        ({"code": "main"}, "'code' must be a commit of Git"),
    ],
)
def test_a_wrong_argument_is_refused_before_there_is_a_run(arguments: dict[str, Any], said: str, server: Server) -> None:
    model = arguments.pop("model", "wrong")
    with pytest.raises(millrace.WrongArgument, match=said), millrace.record(model, **arguments):
        pytest.fail("the block must not run")
    assert mlflow.active_run() is None
    assert MlflowClient().get_experiment_by_name(model) is None


def test_a_run_within_another_is_refused() -> None:
    with (
        millrace.record("outer", code=COMMIT) as outer,
        pytest.raises(millrace.WrongArgument, match=rf"run {outer.run_id} is active: end it first"),
        millrace.record("inner"),
    ):
        pytest.fail("the block must not run")


def test_what_mlflow_itself_refuses_is_told_in_its_words() -> None:
    with pytest.raises(MlflowException, match=r"Changing param values is not allowed"), millrace.record("twice", code=COMMIT):
        mlflow.log_param("C", 1)
        mlflow.log_param("C", 2)


def test_runs_that_bring_the_same_data_at_the_same_moment_are_all_recorded() -> None:
    MlflowClient().create_experiment("same-data")

    def train(number: int) -> int:
        with millrace.record("same-data", data=[millrace.Data(name, str(number // 8)) for name in ("rows", "more")]) as run:
            pass
        return len(inputs(MlflowClient().get_run(run.run_id)))

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(train, range(48))) == [2] * 48
