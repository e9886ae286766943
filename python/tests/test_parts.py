"""The check of a record, over plain data."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from millrace import parts
from millrace.parts import CODE_TAG, DATA_TAG, FEATURES_TAG, Record, is_line, missing_parts, splits_of
from millrace.recording import MODEL_NAME

PROJECT = Path(__file__).parent.parent.parent

COLUMNS = json.dumps([{"name": "amount", "type": "double"}])
COMPLETE: Record = {
    "tags": {DATA_TAG: "transactions@7, Zahlungen ü@" + "d" * 40, FEATURES_TAG: "transactions 7", CODE_TAG: "c" * 40},
    "params": {"C": "1.0"},
    "metrics": {"validation_auc": 0.9, "test_auc": 0.91},
    "datasets": [{"name": "transactions", "digest": "7"}, {"name": "Zahlungen ü", "digest": "d" * 36}],
    "model": {"signature": {"inputs": COLUMNS, "outputs": COLUMNS}},
}


def without(**changes: Any) -> Record:
    return {**COMPLETE, **changes}  # type: ignore[typeddict-item]


def tagged(**tags: str) -> Record:
    return without(tags={**COMPLETE["tags"], **{f"millrace.{name}": value for name, value in tags.items()}})


def said(record: Record) -> list[str]:
    return [str(missing) for missing in missing_parts(record)]


def test_a_complete_record_lacks_nothing() -> None:
    assert missing_parts(COMPLETE) == []


@pytest.mark.parametrize(
    ("record", "part", "problem"),
    [
        (tagged(data=""), "data", "must be the tag millrace.data with datasets as <name>@<version>, got none"),
        (tagged(data="transactions"), "data", "must be <name>@<version> in the tag millrace.data, got 'transactions'"),
        (tagged(data="transactions@8"), "data", "must be among the inputs of the run, and 'transactions@8' is not"),
        (tagged(data="a\nb@7"), "data", r"got 'a\nb@7'"),
        (without(datasets=[]), "data", "must be among the inputs of the run, and 'transactions@7' is not"),
        (tagged(features=""), "features", "must be the tag millrace.features with one line of 1 to 200 characters, got none"),
        (tagged(features="x" * 201), "features", f"got '{'x' * 100}…'"),
        (tagged(features=" x"), "features", "got ' x'"),
        (tagged(code=""), "code", "must be the tag millrace.code with a commit of 40 hexadecimal digits, got none"),
        (tagged(code="main"), "code", "got 'main'"),
        (tagged(code="c" * 40 + "-dirty"), "code", "must be a commit, and files differed from cccccccccccc"),
        (without(params={}), "parameters", "must be at least one, got none"),
        (without(params={"columns": "x" * 6_000}), "parameters", "got 'columns' with 6000"),
        (without(metrics={"test_auc": 0.9}), "metrics", "must have at least one of the validation data, such as validation_auc"),
        (without(metrics={"validation_auc": 0.9, "auc": 1, "test_AUC": 1}), "metrics", "at least one of the test data"),
        (without(metrics={**COMPLETE["metrics"], "test_loss": float("nan")}), "metrics", "must be finite, got nan for test_loss"),
        (without(model=None), "model", "must be logged in the run, got none"),
        (without(model={}), "model", "must have a signature with inputs and outputs, got none of its inputs and outputs"),
        (without(model={"signature": {"inputs": COLUMNS, "outputs": None}}), "model", "got none of its outputs"),
        (without(model={"signature": {"inputs": "[]", "outputs": COLUMNS}}), "model", "got none of its inputs"),
        (without(model={"signature": {"inputs": "{", "outputs": COLUMNS}}), "model", "got none of its inputs"),
    ],
)
def test_a_part_that_is_missing_is_named_with_its_remedy(record: Record, part: str, problem: str) -> None:
    (missing,) = missing_parts(record)
    assert missing.part == part
    assert problem in missing.problem
    assert len(missing.remedy) > 10
    assert str(missing) == f"{part} {missing.problem}: {missing.remedy}"


def test_all_that_is_missing_is_named_at_once_in_the_order_of_the_parts() -> None:
    nothing: Record = {"tags": {}, "params": {}, "metrics": {}, "datasets": [], "model": None}
    named = [missing.part for missing in missing_parts(nothing)]
    assert named == ["data", "features", "code", "parameters", "metrics", "metrics", "model"]


@pytest.mark.parametrize("separator", ["_", ".", "/", "-"])
def test_metrics_are_sorted_by_the_data_on_which_they_were_measured(separator: str) -> None:
    metrics = {f"{split}{separator}auc": value for split, value in (("training", 1), ("validation", 2), ("test", 3))}
    assert splits_of({**metrics, "auc": 4, "validation_0-logloss": 5}) == {
        "train": {"auc": 1},
        "validation": {"auc": 2},
        "test": {"auc": 3},
    }


def test_what_a_script_measured_goes_before_what_autolog_did() -> None:
    assert splits_of({"train_auc": 1, "training_auc": 2}) == {"train": {"auc": 1}}


@pytest.mark.parametrize(
    ("rule", "file"),
    [
        (MODEL_NAME.pattern, "components/naming.ts"),
        (parts.COMMIT.pattern, "stacks/inputs/releases/schema.ts"),
        (parts.METRIC_NAME, "stacks/inputs/releases/metrics.ts"),
        (f"{{1,{parts.LINE_LENGTH}}}", "stacks/inputs/releases/schema.ts"),
    ],
)
def test_the_rules_are_those_of_a_release(rule: str, file: str) -> None:
    assert rule in (PROJECT / file).read_text()


@pytest.mark.parametrize(("length", "fits"), [(0, False), (1, True), (200, True), (201, False)])
def test_a_line_has_1_to_200_characters(length: int, fits: bool) -> None:
    assert is_line("x" * length) is fits


def test_the_check_needs_the_standard_library_alone() -> None:
    source = Path(parts.__file__).read_text()
    program = (
        f"import sys, types\nmodule = types.ModuleType('alone'); sys.modules['alone'] = module\nexec({source!r}, module.__dict__)"
    )
    subprocess.run([sys.executable, "-I", "-S", "-c", program], check=True)
