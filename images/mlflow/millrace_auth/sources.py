"""What a new version of a registered model is made of: files of an experiment, a run or a logged model, or another version."""

import os
import re
from urllib.parse import urlsplit

from mlflow.server.constants import ARTIFACTS_DESTINATION_ENV_VAR

from millrace_auth.objects import Named, Unknown, experiment_of_path

_LOGGED_MODEL = re.compile(r"(m-[0-9a-f]{32})")
_VERSION = re.compile(r"([^/@]+)[/@][^/@]+")


def named_in_source(source: str) -> Named:
    """The object whose files a source is.

    Args:
        source: `mlflow-artifacts:/<experiment>/…`, the same in the store itself, `runs:/<run>/…`, `models:/m-…`,
            `models:/<name>/1`.

    Raises:
        Unknown: when it is something else: the server must not fetch it.
    """
    store = os.environ.get(ARTIFACTS_DESTINATION_ENV_VAR, "").rstrip("/")
    if store and source.startswith(f"{store}/"):
        return experiment_of_path(source.removeprefix(f"{store}/"))
    address = urlsplit(source)
    path = address.path.lstrip("/")
    if address.netloc or address.query or address.fragment:
        raise Unknown(source)
    if address.scheme == "mlflow-artifacts":
        return experiment_of_path(path)
    if address.scheme == "runs":
        return Named("run", path.split("/", 1)[0])
    if address.scheme == "models" and (found := _LOGGED_MODEL.fullmatch(path)):
        return Named("logged-model", found[1])
    if address.scheme == "models" and (found := _VERSION.fullmatch(path)):
        return Named("model", found[1])
    raise Unknown(source)
