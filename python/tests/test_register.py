"""Registration on a real server: complete records alone, once."""

from typing import Any

import mlflow
import pytest
from mlflow.tracking import MlflowClient

import millrace
from millrace.parts import CODE_TAG, DATA_TAG, FEATURES_TAG, Part
from millrace.registry import MODEL_TAG

from .training import COMMIT, DATA, FEATURES, METRICS, ROWS, log_model, recorded

pytestmark = pytest.mark.usefixtures("server")


def versions(model: str) -> list[Any]:
    return list(MlflowClient().search_model_versions(f"name='{model}'", order_by=["version_number ASC"]))


def candidate(model: str) -> str:
    return str(MlflowClient().get_model_version_by_alias(model, "candidate").version)


def test_a_complete_record_is_registered_as_the_candidate() -> None:
    run = recorded("first")
    registered = run.register()
    assert registered == millrace.Registered("first", "1", "1.0.0", run.run_id)
    (version,) = versions("first")
    assert version.tags == {"semantic_version": "1.0.0", "state": "staging"}
    assert version.run_id == run.run_id
    assert candidate("first") == "1"
    assert mlflow.sklearn.load_model("models:/first@candidate").predict(ROWS).tolist() == [0, 0, 1, 1]


def lacking(part: Part, model: str) -> millrace.Recording:
    arguments: dict[str, Any] = {"data": DATA, "features": FEATURES, "code": COMMIT}
    if part == "code":
        arguments["code"] = None
    elif part in arguments:
        del arguments[part]
    with millrace.record(model, **arguments) as run:
        if part != "parameters":
            mlflow.log_param("C", 1)
        if part != "metrics":
            mlflow.log_metrics(METRICS)
        if part != "model":
            log_model()
    return run


@pytest.mark.parametrize("part", ["data", "features", "code", "parameters", "metrics", "model"])
def test_each_part_that_is_missing_is_refused(part: Part, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")  # Without Git nobody knows the code.
    run = lacking(part, f"no-{part}")
    with pytest.raises(millrace.IncompleteRecord) as refused:
        run.register()
    assert {missing.part for missing in refused.value.missing} == {part}
    assert str(refused.value).startswith(
        f"run {run.run_id} must have all six parts of its record to be registered, and lacks:\n- {part}"
    )
    assert versions(f"no-{part}") == []
    assert MlflowClient().search_registered_models(f"name='no-{part}'") == []


def test_a_model_without_a_signature_is_refused() -> None:
    with millrace.record("unsigned", data=DATA, features=FEATURES, code=COMMIT) as run:
        mlflow.log_param("C", 1)
        mlflow.log_metrics(METRICS)
        log_model(signature=False)
    with pytest.raises(millrace.IncompleteRecord, match=r"model must have a signature with inputs and outputs"):
        run.register()
    assert versions("unsigned") == []


def test_a_run_of_mlflow_alone_is_refused_until_it_says_what_a_record_does() -> None:
    mlflow.set_experiment("by-hand")
    with mlflow.start_run() as run:
        mlflow.log_param("C", 1)
        mlflow.log_metrics(METRICS)
        log_model()
    with pytest.raises(
        millrace.WrongArgument, match=r"must be a run of millrace.record, got .*, which has no tag millrace.model"
    ):
        millrace.register(run.info.run_id)
    for tag, value in ((MODEL_TAG, "by-hand"), (FEATURES_TAG, FEATURES), (CODE_TAG, COMMIT), (DATA_TAG, "invented@1")):
        MlflowClient().set_tag(run.info.run_id, tag, value)
    with pytest.raises(millrace.IncompleteRecord, match=r"data must be among the inputs of the run, and 'invented@1' is not"):
        millrace.register(run.info.run_id)


def test_a_second_registration_of_a_run_changes_nothing() -> None:
    run = recorded("again")
    assert run.register() == run.register() == millrace.register(run.run_id, "1.0.0")
    assert len(versions("again")) == 1


def test_a_registration_that_was_cut_off_before_its_alias_is_completed() -> None:
    run = recorded("cut-off")
    run.register()
    MlflowClient().delete_registered_model_alias("cut-off", "candidate")
    run.register()
    assert candidate("cut-off") == "1"


def test_the_alias_does_not_go_back_to_an_older_version() -> None:
    old, new = recorded("older"), recorded("older")
    old.register()
    new.register()
    assert old.register().version == "1"
    assert candidate("older") == "2"


def test_semantic_versions_rise_by_themselves_or_are_given() -> None:
    assert [recorded("semantic").register(given).semantic_version for given in (None, None, "2.0.0", None)] == [
        "1.0.0",
        "1.1.0",
        "2.0.0",
        "2.1.0",
    ]
    with pytest.raises(millrace.WrongArgument, match=r"'semantic_version' must be new, got '1.1.0', which semantic 2 has"):
        recorded("semantic").register("1.1.0")
    assert len(versions("semantic")) == 4


@pytest.mark.parametrize("given", ["1.0", "v1.0.0", "01.0.0", "1.0.0-rc1", ""])
def test_a_semantic_version_that_is_none_is_refused(given: str) -> None:
    with pytest.raises(millrace.WrongArgument, match=r"'semantic_version' must be three numbers, such as 1.4.0, got"):
        millrace.register("0" * 32, given)


def test_another_semantic_version_of_a_registered_run_is_refused() -> None:
    run = recorded("renamed")
    run.register("1.4.0")
    with pytest.raises(millrace.WrongArgument, match=r"must be 1.4.0, as which the run is registered already \(renamed 1\)"):
        run.register("1.5.0")


def test_of_several_models_one_must_be_named() -> None:
    with millrace.record("several", data=DATA, features=FEATURES, code=COMMIT) as run:
        mlflow.log_param("C", 1)
        mlflow.log_metrics(METRICS)
        log_model("plain")
        log_model("unsigned", signature=False)
    with pytest.raises(millrace.WrongArgument, match=r"'logged_as' must be one of the models of the run \(.*\), got none"):
        run.register()
    with pytest.raises(millrace.WrongArgument, match=r"got 'other'"):
        run.register(logged_as="other")
    with pytest.raises(millrace.IncompleteRecord):
        run.register(logged_as="unsigned")
    assert run.register(logged_as="plain").version == "1"


def test_a_run_that_goes_on_or_that_is_not_there_is_refused() -> None:
    with (
        millrace.record("early", data=DATA, features=FEATURES, code=COMMIT) as run,
        pytest.raises(millrace.WrongArgument, match=r"must be a run that has finished, got .*, which is RUNNING"),
    ):
        run.register()
    with pytest.raises(millrace.TrackingFailed, match=rf"must register the model of run {'0' * 32}, it says: RESOURCE_DOES_NOT"):
        millrace.register("0" * 32)
