"""`models:/<name>/<version>` and `runs:/<run>/<path>`, from the MLflow server that `MLFLOW_TRACKING_URI` names."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..errors import FetchError, NotThere, Unreachable, WrongVariable, is_of_folder, one_line
from .source import Remote

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "4")

_FORMS = re.compile(r"models:/[^/@]+/\d+|models:/m-[0-9a-f]+|runs:/[0-9a-f]+/.+")


class Mlflow:
    """Artifacts of a registered version or of a run; an alias is refused, because it may name another version tomorrow."""

    def __init__(self, uri: str) -> None:
        if not _FORMS.fullmatch(uri):
            raise WrongVariable(f"MODEL_URI must be models:/<name>/<version number> or runs:/<run>/<path>, got {uri[:200]!r}")
        if not os.environ.get("MLFLOW_TRACKING_URI"):
            raise WrongVariable(
                "MLFLOW_TRACKING_URI must be the address of the MLflow server, because MODEL_URI is a model of MLflow"
            )
        self._uri = uri
        self._artifacts: Any = None

    def list(self) -> Iterable[Remote]:
        """See `Source.list`."""
        from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

        try:
            self._artifacts = get_artifact_repository(self._uri)
            yield from self._below(None)
        except FetchError:
            raise
        except Exception as error:
            raise self._failure(error) from error

    def download(self, remote: Remote, part: Path) -> None:
        """See `Download`. MLflow has no ranges, so a file begins anew; complete ones are kept."""
        whole = Path(tempfile.mkdtemp(dir=part.parent))
        try:
            fetched = self._artifacts.download_artifacts(remote.path, dst_path=str(whole))
            Path(fetched).replace(part)
        except Exception as error:
            if isinstance(error, OSError) and is_of_folder(error):
                raise
            raise self._failure(error) from error
        finally:
            shutil.rmtree(whole, ignore_errors=True)

    def _below(self, folder: str | None) -> Iterable[Remote]:
        for item in self._artifacts.list_artifacts(folder):
            if item.is_dir:
                yield from self._below(item.path)
            else:
                yield Remote(item.path, item.file_size)

    def _failure(self, error: Exception) -> FetchError:
        if getattr(error, "error_code", "") == "RESOURCE_DOES_NOT_EXIST":
            return NotThere(f"MLflow has no {self._uri}: {one_line(error)}")
        return Unreachable(f"MLflow does not give {self._uri}: {one_line(error)}")
