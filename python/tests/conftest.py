import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import mlflow
import pytest

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
SOURCES = Path(__file__).parent.parent / "src"
START_SECONDS = 300
"""On two busy cores it has taken 43 s."""


class Server:
    """A real MLflow server, with SQLite and a folder."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        places = ["--backend-store-uri", f"sqlite:///{self._folder}/db", "--artifacts-destination", str(self._folder / "files")]
        bind = ["--host", "127.0.0.1", "--port", str(self._port), "--workers", "1"]
        log = (self._folder / "log").open("ab")
        # A group of its own, because the server has workers.
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", *places, *bind], stdout=log, stderr=log, start_new_session=True
        )
        end = time.monotonic() + START_SECONDS
        while not self._answers():
            starting = self._process.poll() is None and time.monotonic() < end
            assert starting, (self._folder / "log").read_text()
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process:
            os.killpg(self._process.pid, 9)
            self._process.wait()
            self._process = None

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def _running(folder: Path) -> Iterator[Server]:
    server = Server(folder)
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    yield from _running(tmp_path_factory.mktemp("mlflow"))


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    """A server that a test may stop."""
    folder = tmp_path / "mlflow"
    folder.mkdir()
    yield from _running(folder)


@pytest.fixture
def server(shared: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The server that MLflow's client finds in this test, and in processes that it starts."""
    use(shared, monkeypatch)
    yield shared
    mlflow.set_tracking_uri("")


def use(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables(server).items():
        monkeypatch.setenv(name, value)
    mlflow.set_tracking_uri(server.url)


def variables(server: Server) -> dict[str, str]:
    return {"MLFLOW_TRACKING_URI": server.url, "PYTHONPATH": str(SOURCES), "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false"}


@pytest.fixture
def git(tmp_path: Path) -> Callable[..., str]:
    """Git in a new repository with one commit, `repository` below the folder of the test."""
    folder = tmp_path / "repository"
    folder.mkdir()

    def run(*arguments: str) -> str:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        return subprocess.run(["git", "-C", folder, *who, *arguments], check=True, capture_output=True, text=True).stdout.strip()

    run("init", "--quiet")
    (folder / ".gitignore").write_text("/data/\n")
    run("add", "--all")
    run("commit", "--quiet", "--message", "begin")
    return run
