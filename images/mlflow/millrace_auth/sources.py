"""What a new version of a registered model is made of: files of an experiment, a run or a logged model, or another version."""

import os
import re
from urllib.parse import urlsplit

from mlflow.server.constants import ARTIFACTS_DESTINATION_ENV_VAR

from millrace_auth.objects import Named, Unknown, experiment_of_path

_LOGGED_MODEL = re.compile(r"(m-[0-9a-f]{32})")
_VERSION = re.compile(r"([^/@]+)[/@][^/@]+")


def is_elsewhere(source: str) -> bool:
    """Whether a source lies in S3, and not in this server's own store: the server cannot fetch it, its readers do."""
    address = urlsplit(source)
    return address.scheme == "s3" and bool(address.netloc) and store_path(source) is None


def logged_model_of(source: str) -> str | None:
    """Id of the logged model that a source is, `models:/m-…`; none where it is something else."""
    address = urlsplit(source)
    found = _LOGGED_MODEL.fullmatch(address.path.lstrip("/")) if address.scheme == "models" else None
    return found[1] if found else None


def store_path(source: str) -> str | None:
    """Path of a source in the server's own store, where it names the store itself."""
    store = os.environ.get(ARTIFACTS_DESTINATION_ENV_VAR, "").rstrip("/")
    return source.removeprefix(f"{store}/") if store and source.startswith(f"{store}/") else None


def named_in_source(source: str) -> Named:
    """The object whose files a source is.

    Args:
        source: `mlflow-artifacts:/<experiment>/…`, the same in the store itself, `runs:/<run>/…`, `models:/m-…`,
            `models:/<name>/1`.

    Raises:
        Unknown: when it is something else: the server must not fetch it.
    """
    if (inside := store_path(source)) is not None:
        return experiment_of_path(inside)
    address = urlsplit(source)
    path = address.path.lstrip("/")
    if address.netloc or address.query or address.fragment:
        raise Unknown(source)
    if address.scheme == "mlflow-artifacts":
        return experiment_of_path(path)
    if address.scheme == "runs":
        return Named("run", path.split("/", 1)[0])
    if found := logged_model_of(source):
        return Named("logged-model", found)
    if address.scheme == "models" and (version := _VERSION.fullmatch(path)):
        return Named("model", version[1])
    raise Unknown(source)
