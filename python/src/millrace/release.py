"""What a release says of a registered version: the file that `npx millrace release create model … --from` reads."""

import re
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import mlflow
from mlflow.tracking import MlflowClient

from .data import tree_digest
from .errors import IncompleteRecord, WrongArgument
from .parts import CODE_TAG, DATA_TAG, FEATURES_TAG, missing_parts, splits_of
from .registry import SEMANTIC_VERSION_TAG
from .tracking import answered, read

_MODEL = re.compile(r"models:/(m-[0-9a-f]+)")
"""Where a registered version comes from: a model that was logged in a run."""


def release_record(model: str, version: str, files: Path | None = None) -> dict[str, Any]:
    """The record of a registered version. Its files are downloaded, because their digest is a part of it.

    :param model: its name.
    :param version: its number in the registry, or `@<alias>`.
    :param files: folder that gets the files; it must be new or empty. By default they are thrown away.
    :raises IncompleteRecord: when the run lacks parts: the version was registered by something else.
    :raises WrongArgument: when the version has no run, or the folder has files.
    :raises TrackingFailed: when the server does not answer, or has no such version.
    """
    if files is not None and files.exists() and (not files.is_dir() or any(files.iterdir())):
        raise WrongArgument(f"'--files' must be a new or an empty folder, got {str(files)!r}")
    client = MlflowClient()
    with answered(f"give {model} {version}"), ExitStack() as stack:
        found = (
            client.get_model_version_by_alias(model, version[1:])
            if version.startswith("@")
            else client.get_model_version(model, version)
        )
        model_id = _MODEL.fullmatch(found.source or "")
        if not found.run_id or not model_id:
            raise WrongArgument(
                f"'<version>' must be one that millrace.register made, got {version!r}, which has no run or model"
            )
        logged = client.get_logged_model(model_id[1])
        record = read(client.get_run(found.run_id), logged)
        if missing := missing_parts(record):
            raise IncompleteRecord(found.run_id, tuple(missing))
        folder = files or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        mlflow.artifacts.download_artifacts(artifact_uri=logged.model_uri, dst_path=str(folder))
        return {
            "code": record["tags"][CODE_TAG],
            "data": record["tags"][DATA_TAG],
            "features": record["tags"][FEATURES_TAG],
            "metrics": splits_of(record["metrics"]),
            "model": model,
            "parameters": dict(record["params"]),
            "run": found.run_id,
            **({"semanticVersion": semantic} if (semantic := found.tags.get(SEMANTIC_VERSION_TAG)) else {}),
            "sha256": tree_digest(folder),
            "version": str(found.version),
        }
