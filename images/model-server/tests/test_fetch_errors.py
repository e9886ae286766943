"""A network that fails, and a folder that takes no more: libraries tell of both by the same class of errors."""

import errno
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

from fetch_model.errors import FetchError, Unreachable, Unwritable
from fetch_model.sources.folder import Folder
from fetch_model.sources.huggingface import HuggingFace
from fetch_model.sources.mlflow import Mlflow
from fetch_model.sources.s3 import S3
from fetch_model.sources.source import Remote, Source
from fetch_model.store import fetch

NETWORK: list[Exception] = [
    ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"),
    ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused"),
    TimeoutError("timed out"),
    OSError(errno.ENETUNREACH, "Network is unreachable"),
    socket.gaierror(socket.EAI_NONAME, "Name or service not known"),
    requests.exceptions.ConnectionError("Max retries exceeded"),
    requests.exceptions.ChunkedEncodingError("Connection broken: IncompleteRead"),
    urllib3.exceptions.ProtocolError("Connection broken"),
]

DISK: list[tuple[OSError, str]] = [
    (OSError(errno.ENOSPC, "No space left on device"), "has no space left"),
    (OSError(errno.EDQUOT, "Disk quota exceeded"), "has no space left"),
    (OSError(errno.EROFS, "Read-only file system"), "is read-only"),
    (PermissionError(errno.EACCES, "Permission denied", "/models/x"), "cannot be written by this user"),
    (OSError(errno.EIO, "Input/output error"), "cannot be written: Input/output error"),
]


class Fails:
    """Whatever a library is asked for."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _: str) -> Callable[..., Any]:
        return self

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise self._error


def mlflow(error: Exception, patch: pytest.MonkeyPatch) -> Source:
    patch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    source = Mlflow("models:/fraud/3")
    source._artifacts = Fails(error)
    return source


def hub(error: Exception, patch: pytest.MonkeyPatch) -> Source:
    patch.setattr("huggingface_hub.hf_hub_download", Fails(error))
    return HuggingFace("hf://a/b@" + "1" * 40)


def s3(error: Exception, patch: pytest.MonkeyPatch) -> Source:
    patch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    patch.setattr("fetch_model.sources.s3.time.sleep", lambda _: None)
    source = S3("s3://bucket/models/fraud/3")
    source._s3 = Fails(error)
    return source


Make = Callable[[Exception, pytest.MonkeyPatch], Source]


def refused(source: Source, folder: Path) -> FetchError:
    class Listed:
        download = source.download

        def list(self) -> Iterable[Remote]:
            return [Remote("MLmodel", 10, "tag")]

    with pytest.raises(FetchError) as found:
        fetch(Listed(), folder, "0" * 64, lambda _: None)
    return found.value


@pytest.mark.parametrize("make", [mlflow, hub, s3])
@pytest.mark.parametrize("error", NETWORK, ids=lambda error: type(error).__name__)
def test_a_network_that_fails(make: Make, error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if make is s3 and not isinstance(error, OSError):
        pytest.skip("boto3 has its own classes of these")
    found = refused(make(error, monkeypatch), tmp_path / "model")
    assert (type(found), found.exit_code) == (Unreachable, 3), found


@pytest.mark.parametrize("make", [mlflow, hub, s3])
@pytest.mark.parametrize(("error", "said"), DISK, ids=lambda value: type(value).__name__)
def test_a_folder_that_takes_no_more(
    make: Make, error: OSError, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    found = refused(make(error, monkeypatch), folder)
    assert (type(found), found.exit_code) == (Unwritable, 6), found
    assert str(found).startswith(f"{folder} {said}")


def test_a_source_folder_that_lost_its_file(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    found = refused(Folder(f"file://{tmp_path}/source"), tmp_path / "model")
    assert type(found) is Unreachable
    assert str(found) == f"{tmp_path}/source does not give 'MLmodel': No such file or directory"
