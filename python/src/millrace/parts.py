"""What a training run must have recorded before its model may be registered: a pure check over plain data.

It needs the standard library alone, and reads no server: a client and the tracking server itself can both ask it.
"""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypedDict

DATA_TAG: Final = "millrace.data"
"""Tag of a run: its datasets, `<name>@<version>`, separated by a comma and a space."""
FEATURES_TAG: Final = "millrace.features"
"""Tag of a run: version of the features, as the feature store names it."""
CODE_TAG: Final = "millrace.code"
"""Tag of a run: commit of the code, 40 hexadecimal digits, with `-dirty` behind it where files differ from it."""

DIGEST_LENGTH: Final = 36
"""Characters of a dataset's digest that MLflow keeps (`MAX_DATASET_DIGEST_SIZE`)."""
PARAMETER_LENGTH: Final = 6_000
"""Characters of a parameter that MLflow keeps; its client cuts longer ones and only warns (`MAX_PARAM_VAL_LENGTH`)."""

Part = Literal["data", "features", "code", "parameters", "metrics", "model"]
"""A part of a record."""
Split = Literal["train", "validation", "test"]
"""A part of the data, on which a metric was measured."""

LINE_LENGTH: Final = 200
"""Characters of a line of a release (stacks/inputs/releases/schema.ts)."""
COMMIT: Final = re.compile(r"[0-9a-f]{40}")
"""A commit, as a release has it (the same file)."""
METRIC_NAME: Final = r"[a-z][a-z0-9_]{0,39}"
"""Name of a metric, as a release has it (stacks/inputs/releases/metrics.ts)."""

_METRIC = re.compile(rf"(?P<split>train|training|validation|test)[_./-](?P<name>{METRIC_NAME})")
_NEEDED_SPLITS: tuple[Split, ...] = ("validation", "test")


class Dataset(TypedDict):
    """A dataset that a run has as its input."""

    name: str
    digest: str


class Record(TypedDict):
    """What a tracking server knows about a run and the model that came of it."""

    tags: Mapping[str, str]
    """Tags of the run."""
    params: Mapping[str, str]
    """Parameters of the run."""
    metrics: Mapping[str, float]
    """Metrics of the run, the latest value of each."""
    datasets: Sequence[Dataset]
    """Datasets among the inputs of the run."""
    model: Mapping[str, Any] | None
    """Content of the file `MLmodel` of the model, None without a model."""


@dataclass(frozen=True)
class Missing:
    """A part that a record lacks."""

    part: Part
    problem: str
    """What is wrong, as the second half of a sentence that begins with the part."""
    remedy: str
    """How to give it, in the imperative."""

    def __str__(self) -> str:
        return f"{self.part} {self.problem}: {self.remedy}"


def missing_parts(record: Record) -> list[Missing]:
    """List every part that a record lacks, in the order of the six parts; nothing where it is complete."""
    checks = (_data, _features, _code, _parameters, _metrics, _model)
    return [missing for check in checks for missing in check(record)]


def lacking(whose: str, missing: Sequence[Missing]) -> str:
    """Tell what a record lacks.

    :param whose: whose record it is, as the beginning of the sentence: `run 3f…`.
    :param missing: at least one part.
    """
    lines = "".join(f"\n- {each}" for each in missing)
    return f"{whose} must have all six parts of its record to be registered, and lacks:{lines}"


def splits_of(metrics: Mapping[str, float]) -> dict[Split, dict[str, float]]:
    """Sort metrics such as `test_auc` by the data on which they were measured, and leave out those without a split.

    The separator may be one of `_`, `.`, `/` and `-`. `training_`, which autolog writes, is `train`, and gives way to it.
    """
    splits: dict[Split, dict[str, float]] = {}
    found = [(match, value) for key, value in metrics.items() if (match := _METRIC.fullmatch(key))]
    for match, value in sorted(found, key=lambda each: each[0]["split"] != "training"):
        split: Split = "train" if match["split"] == "training" else match["split"]  # type: ignore[assignment]
        splits.setdefault(split, {})[match["name"]] = value
    return splits


def is_line(text: str) -> bool:
    """Whether a text is what a release can say: one line of 1 to 200 characters that are seen, without a space at its ends."""
    return text.isprintable() and 0 < len(text) <= LINE_LENGTH and text == text.strip()


def _data(record: Record) -> list[Missing]:
    said = record["tags"].get(DATA_TAG, "")
    give = "name the data with millrace.record(…, data=millrace.files('<name>', '<folder>')), or with millrace.Data"
    if not is_line(said):
        return [Missing("data", f"must be the tag {DATA_TAG} with datasets as <name>@<version>, got {_shown(said)}", give)]
    inputs = {(dataset["name"], dataset["digest"]) for dataset in record["datasets"]}
    for each in said.split(", "):
        name, _, version = each.rpartition("@")
        if not name or not version:
            return [Missing("data", f"must be <name>@<version> in the tag {DATA_TAG}, got {_shown(each)}", give)]
        if (name, version[:DIGEST_LENGTH]) not in inputs:
            return [Missing("data", f"must be among the inputs of the run, and {_shown(each)} is not", give)]
    return []


def _features(record: Record) -> list[Missing]:
    said = record["tags"].get(FEATURES_TAG, "")
    if is_line(said):
        return []
    give = "name their version with millrace.record(…, features='<feature service or table> <version>')"
    return [Missing("features", f"must be the tag {FEATURES_TAG} with one line of 1 to 200 characters, got {_shown(said)}", give)]


def _code(record: Record) -> list[Missing]:
    said = record["tags"].get(CODE_TAG, "")
    if COMMIT.fullmatch(said):
        return []
    if said.endswith("-dirty"):
        return [
            Missing(
                "code", f"must be a commit, and files differed from {said[:12]}", "commit them, or ignore them, and train again"
            )
        ]
    give = "train inside a repository of Git, or name the commit with millrace.record(…, code=…) or the variable MILLRACE_CODE"
    return [Missing("code", f"must be the tag {CODE_TAG} with a commit of 40 hexadecimal digits, got {_shown(said)}", give)]


def _parameters(record: Record) -> list[Missing]:
    if not record["params"]:
        return [
            Missing("parameters", "must be at least one, got none", "log them with mlflow.log_params({…}) or mlflow.autolog()")
        ]
    return [
        Missing(
            "parameters",
            f"must be shorter than {PARAMETER_LENGTH} characters, where MLflow cuts them, got {name!r} with {len(value)}",
            "log the value as a file with mlflow.log_dict, and its name or digest as the parameter",
        )
        for name, value in record["params"].items()
        if len(value) >= PARAMETER_LENGTH
    ]


def _metrics(record: Record) -> list[Missing]:
    splits = splits_of(record["metrics"])
    return [
        Missing(
            "metrics",
            f"must have at least one of the {split} data, such as {split}_auc, got none",
            f"log it with mlflow.log_metric('{split}_<name>', …), its name in lower-case letters, digits and _",
        )
        for split in _NEEDED_SPLITS
        if not splits.get(split)
    ] + [
        Missing("metrics", f"must be finite, got {value} for {split}_{name}", "log a number, or leave the metric out")
        for split, values in splits.items()
        for name, value in values.items()
        if not math.isfinite(value)
    ]


def _model(record: Record) -> list[Missing]:
    model = record["model"]
    if model is None:
        give = "log it with mlflow.<flavor>.log_model(…, name='model', input_example=…), or with mlflow.autolog()"
        return [Missing("model", "must be logged in the run, got none", give)]
    signature = model.get("signature") or {}
    lacking = [side for side in ("inputs", "outputs") if not _columns(signature.get(side))]
    if not lacking:
        return []
    give = "log the model with input_example=…, or with signature=mlflow.models.infer_signature(<inputs>, <predictions>)"
    return [Missing("model", f"must have a signature with inputs and outputs, got none of its {' and '.join(lacking)}", give)]


def _columns(side: object) -> bool:
    """Whether one side of a signature says anything: it is a list, or JSON text of one."""
    try:
        columns = json.loads(side) if isinstance(side, str) else side
    except ValueError:
        return False
    return isinstance(columns, list) and len(columns) > 0


def _shown(text: str) -> str:
    return repr(text if len(text) <= 100 else f"{text[:100]}…") if text else "none"
