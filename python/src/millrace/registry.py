"""Registration of a model whose run has a complete record, and of no other."""

import re
from dataclasses import dataclass

from mlflow.entities import LoggedModel
from mlflow.entities.model_registry import ModelVersion
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from .errors import IncompleteRecord, WrongArgument
from .parts import missing_parts
from .tracking import answered, chosen, models_of, read

MODEL_TAG = "millrace.model"
"""Tag of a run: name of the model that it trains."""
SEMANTIC_VERSION_TAG = "semantic_version"
"""Tag of a registered version: what it means to whoever calls it."""
STATE_TAG = "state"
"""Tag of a registered version: staging, canary, production or retired."""
STAGING = "staging"
"""State of a version that is registered: promotions change it."""
CANDIDATE = "candidate"
"""Alias of the newest version that was registered."""
FIRST = "1.0.0"
"""Semantic version of the first."""

_SEMANTIC = re.compile(r"(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})")
_NEWEST = 200
"""Versions of which the newest semantic version is sought."""


@dataclass(frozen=True)
class Registered:
    """A registered version of a model."""

    model: str
    version: str
    """Number in the registry, as a release names it."""
    semantic_version: str
    run_id: str


def register(run_id: str, semantic_version: str | None = None, *, logged_as: str | None = None) -> Registered:
    """Register the model of a finished run as the alias `candidate`. A second time it finds and completes what was registered.

    :param run_id: a run that `millrace.record` has made.
    :param semantic_version: such as `1.4.0`. A version that needs or answers other columns than the one before has a new first
        number. By default the newest with its second number raised by one, and `1.0.0` for the first.
    :param logged_as: name under which the model was logged. By default the only model of the run.
    :raises IncompleteRecord: when parts are missing; nothing is registered then.
    :raises WrongArgument: when the run has not finished, names no model, or the semantic version is invalid or taken.
    :raises TrackingFailed: when the server does not answer, or refuses.
    """
    if semantic_version is not None and not _SEMANTIC.fullmatch(semantic_version):
        raise WrongArgument(f"'semantic_version' must be three numbers, such as 1.4.0, got {semantic_version[:100]!r}")
    client = MlflowClient()
    with answered(f"register the model of run {run_id}"):
        name, logged = _complete(client, run_id, logged_as)
        version = _registered(client, name, run_id, logged) or _create(client, name, run_id, logged, semantic_version)
        has = version.tags.get(SEMANTIC_VERSION_TAG, "")
        if semantic_version not in (None, has):
            raise WrongArgument(
                f"'semantic_version' must be {has}, as which the run is registered already ({name} {version.version}), "
                f"got {semantic_version!r}"
            )
        if _is_newest(client, version):
            client.set_registered_model_alias(name, CANDIDATE, version.version)
    return Registered(name, str(version.version), has, run_id)


def _complete(client: MlflowClient, run_id: str, logged_as: str | None) -> tuple[str, LoggedModel]:
    """The name of the model and what was logged, of a run that lacks nothing."""
    run = client.get_run(run_id)
    if run.info.status != "FINISHED":
        raise WrongArgument(
            f"'run_id' must be a run that has finished, got {run_id}, which is {run.info.status}: "
            "register it after its block has ended without an error"
        )
    name = run.data.tags.get(MODEL_TAG)
    if name is None:
        raise WrongArgument(f"'run_id' must be a run of millrace.record, got {run_id}, which has no tag {MODEL_TAG}")
    logged = chosen(models_of(client, run), logged_as)
    missing = missing_parts(read(run, logged))
    if missing or logged is None:
        raise IncompleteRecord(run_id, tuple(missing))
    return name, logged


def _registered(client: MlflowClient, name: str, run_id: str, logged: LoggedModel) -> ModelVersion | None:
    of_run = client.search_model_versions(f"name='{name}' and run_id='{run_id}'")
    return next((each for each in of_run if each.source == logged.model_uri), None)


def _create(client: MlflowClient, name: str, run_id: str, logged: LoggedModel, semantic_version: str | None) -> ModelVersion:
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    tags = {SEMANTIC_VERSION_TAG: semantic_version or _next(client, name), STATE_TAG: STAGING}
    taken = client.search_model_versions(f"name='{name}' and tags.{SEMANTIC_VERSION_TAG}='{tags[SEMANTIC_VERSION_TAG]}'")
    if taken:
        raise WrongArgument(
            f"'semantic_version' must be new, got {tags[SEMANTIC_VERSION_TAG]!r}, which {name} {taken[0].version} has"
        )
    return client.create_model_version(name, logged.model_uri, run_id, tags=tags, model_id=logged.model_id)


def _next(client: MlflowClient, name: str) -> str:
    versions = client.search_model_versions(f"name='{name}'", max_results=_NEWEST, order_by=["version_number DESC"])
    found = [_SEMANTIC.fullmatch(version.tags.get(SEMANTIC_VERSION_TAG, "")) for version in versions]
    newest = max((tuple(map(int, match.groups())) for match in found if match), default=None)
    return FIRST if newest is None else f"{newest[0]}.{newest[1] + 1}.0"


def _is_newest(client: MlflowClient, version: ModelVersion) -> bool:
    newest = client.search_model_versions(f"name='{version.name}'", max_results=1, order_by=["version_number DESC"])
    return not newest or int(newest[0].version) <= int(version.version)
