"""Whether a version has a record of six parts, by the rule of the package `millrace`: docs/decisions/record.md."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import yaml
from millrace.brought import record_in_tags
from millrace.parts import Missing, Record, lacking, missing_parts
from millrace.tracking import record_of
from mlflow.exceptions import MlflowException
from mlflow.server.handlers import (
    _get_artifact_repo_mlflow_artifacts,
    _get_model_registry_store,
    _get_tracking_store,
    _resolve_registered_model_source_lineage,
    _validate_source_model,
    _validate_source_run,
)

from millrace_auth.decision import Refused
from millrace_auth.sources import logged_model_of, store_path

LARGEST = 1024 * 1024
"""Bytes of a file `MLmodel` that is read: one with 10,000 columns has less."""


class Incomplete(Exception):
    """A version must have a complete record and lacks parts; the text says which, and how to give them."""

    def __init__(self, whose: str, missing: list[Missing]) -> None:
        super().__init__(lacking(whose, missing))
        parts = dict.fromkeys(each.part for each in missing)
        self.reason = f"the record of {whose} lacks {', '.join(parts)}"
        """The same in short, without what the caller has written."""


def require_new(message: Any, *, brought: bool) -> None:
    """Raise `Incomplete` unless a version that is about to be registered has a record.

    Args:
        message: the request, as MLflow reads it.
        brought: whether it comes from another environment, and its record stands in its tags.

    Raises:
        Refused: when its run is another one than the one that its files are of, or there is none.
    """
    if brought:
        _require(f"the tags of a new version of {message.name}", record_in_tags({tag.key: tag.value for tag in message.tags}))
        return
    source, run_id, model_id = _resolve_registered_model_source_lineage(
        message.source,
        message.run_id,
        message.model_id,
        has_run_id=message.HasField("run_id"),
        has_model_id=message.HasField("model_id"),
    )
    _require_of_run(source, run_id, model_id)


def require_registered(name: str, version: str) -> None:
    """Raise `Incomplete` unless a registered version has a record."""
    found = _get_model_registry_store().get_model_version(name, version)
    if found.run_id:
        _require_of_run(found.source, found.run_id, found.model_id)
    else:
        _require(f"the tags of {name} {version}", record_in_tags(found.tags))


def _require(whose: str, record: Record) -> None:
    if missing := missing_parts(record):
        raise Incomplete(whose, missing)


def _require_of_run(source: str, run_id: str | None, model_id: str | None) -> None:
    source = _in_store(source)
    model_id = model_id or logged_model_of(source)
    # As MLflow checks it, and for everything that it registers: the files must be those of the run.
    if model_id:
        _validate_source_model(source, model_id)
        made_by = _get_tracking_store().get_logged_model(model_id).source_run_id
        if run_id and run_id != made_by:
            raise Refused(f"'run_id' must be {made_by or 'left out'}, whose model the source is, got '{run_id}'")
        run_id = made_by
    else:
        _validate_source_run(source, run_id or "")
    if not run_id:
        raise Refused("'run_id' must be the run that the version came of, got none: its record is there")
    _require(f"run {run_id}", record_of(_get_tracking_store().get_run(run_id), _description(_files_of(source))))


def _in_store(source: str) -> str:
    """A source by the address that clients know, where it is that of the store itself."""
    path = store_path(source)
    return source if path is None else f"mlflow-artifacts:/{path}"


def _files_of(source: str) -> str:
    """Address of the files of a source, in the store."""
    address = urlsplit(source)
    if address.scheme == "runs":
        run_id, _, path = address.path.lstrip("/").partition("/")
        return f"{_get_tracking_store().get_run(run_id).info.artifact_uri}/{path}"
    if logged := logged_model_of(source):
        return str(_get_tracking_store().get_logged_model(logged).artifact_location)
    if address.scheme == "models":
        name, version = address.path.lstrip("/").split("/")
        return _in_store(_get_model_registry_store().get_model_version_download_uri(name, version))
    return source


def _description(files: str) -> Mapping[str, Any] | None:
    """Content of the file `MLmodel` of a model; none where there is no such file."""
    store, folder = _get_artifact_repo_mlflow_artifacts(), urlsplit(files).path.strip("/")
    path = f"{folder}/MLmodel"
    if not any(each.path == path and each.file_size <= LARGEST for each in store.list_artifacts(folder)):
        return None
    try:
        with TemporaryDirectory() as own:
            read = yaml.safe_load(Path(store.download_artifacts(path, own)).read_text())
    except (MlflowException, UnicodeDecodeError, yaml.YAMLError):
        return None
    return read if isinstance(read, dict) else {}
