"""The objects that a request names, and the teams that they belong to.

An experiment and a registered model belong to the team of their tag `team`. Runs, logged models, traces and files belong to their
experiment.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from mlflow.exceptions import MlflowException
from mlflow.server.handlers import _get_model_registry_store, _get_tracking_store
from mlflow.utils.uri import validate_path_is_safe

TEAM_TAG = "team"

ARTIFACT_TAG = "mlflow.artifactLocation"
"""Tag of a trace by which the server finds its files: whoever sets it chooses what the server reads."""

KINDS: Mapping[str, str] = {
    "experiment_id": "experiment",
    "experiment_ids": "experiment",
    "run_id": "run",
    "run_ids": "run",
    "run_uuid": "run",
    "source_run_id": "run",
    "model_id": "logged-model",
    "model_ids": "logged-model",
    "trace_id": "trace",
    "trace_ids": "trace",
    "request_id": "trace",
    "request_ids": "trace",
}
"""What a field names, by its name: MLflow's messages call the same thing by the same name everywhere."""


class Unknown(Exception):
    """An object that is not there."""


@dataclass(frozen=True)
class Named:
    """An object that a request names."""

    kind: str
    id: str

    def __str__(self) -> str:
        """Kind and id."""
        return f"{self.kind} {self.id}"


def named_in_message(message: Message) -> Iterator[Named]:
    """Objects that a message names, at any depth. The keys of maps are the caller's own words, and name nothing."""
    for field, value in message.ListFields():
        values = value if field.is_repeated else [value]
        if field.type == FieldDescriptor.TYPE_MESSAGE:
            if not field.message_type.GetOptions().map_entry and not field.message_type.full_name.startswith("google.protobuf."):
                for each in values:
                    yield from named_in_message(each)
        elif field.name in KINDS:
            yield from (Named(KINDS[field.name], str(each)) for each in values if each)


def named_in(values: Iterable[tuple[str, Any]]) -> Iterator[Named]:
    """Objects named by parameters and the outermost fields of JSON."""
    for name, value in values:
        if kind := KINDS.get(snake_case(name)):
            yield from (Named(kind, str(each)) for each in (value if isinstance(value, list) else [value]) if each)


def snake_case(name: str) -> str:
    """Name of a field in a message, by its name in JSON: both are accepted."""
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name)


def team_of(named: Named) -> str | None:
    """Team of an object; none where nobody's tag is on it.

    Raises:
        Unknown: when it is not there.
    """
    try:
        if named.kind == "model":
            tags: Mapping[str, str] = _get_model_registry_store().get_registered_model(named.id).tags
        else:
            tags = _get_tracking_store().get_experiment(_EXPERIMENT_OF[named.kind](named.id)).tags
        return tags.get(TEAM_TAG)
    except MlflowException as error:
        raise _refusal(error, named) from None


def experiment_named(name: str) -> Named:
    """An experiment by its name.

    Raises:
        Unknown: when it is not there.
    """
    found = _get_tracking_store().get_experiment_by_name(name)
    if found is None:
        raise Unknown(name)
    return Named("experiment", str(found.experiment_id))


def experiment_of_path(path: str) -> Named:
    """The experiment in whose folder of files a path lies: `<experiment>/<run>/artifacts/…`.

    Raises:
        Unknown: when it lies in none, or leads out of it.
    """
    try:
        first = str(validate_path_is_safe(path)).split("/", 1)[0]
    except MlflowException:
        raise Unknown(path) from None
    if not (first.isascii() and first.isdigit() and first == str(int(first))):
        raise Unknown(path)
    return Named("experiment", first)


def _refusal(error: MlflowException, named: Named) -> Exception:
    missing = error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE", "NOT_FOUND")
    return Unknown(str(named)) if missing else error


# A run stays in its experiment for good, and so does a logged model.
@lru_cache(maxsize=10_000)
def _experiment_of_run(run: str) -> str:
    return str(_get_tracking_store().get_run(run).info.experiment_id)


@lru_cache(maxsize=10_000)
def _experiment_of_logged_model(model: str) -> str:
    return str(_get_tracking_store().get_logged_model(model, allow_deleted=True).experiment_id)


def _experiment_of_trace(trace: str) -> str:
    return str(_get_tracking_store().get_trace_info(trace).experiment_id)


_EXPERIMENT_OF: Mapping[str, Callable[[str], str]] = {
    "experiment": str,
    "run": _experiment_of_run,
    "logged-model": _experiment_of_logged_model,
    "trace": _experiment_of_trace,
}
