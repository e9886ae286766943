import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest

from .process import PROJECT, Server

NAMES = ["cancer", "unsigned", "wrong", "boosted", "tensor", "moody", "kinds", "nested", "foreign"]


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a folder for each model."""
    folder = tmp_path_factory.mktemp("models")
    names = [*NAMES, "torch"] if find_spec("torch") else NAMES
    made = subprocess.run(
        [sys.executable, "-m", "tests.models", str(folder), *names],
        cwd=PROJECT,
        env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db"},
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return folder


@pytest.fixture(scope="session")
def serve(models: Path) -> Iterator[Callable[[str], Server]]:
    """The running server of a model, one for all tests."""
    running: dict[str, Server] = {}
    with ExitStack() as stack:

        def start(name: str) -> Server:
            if name not in running:
                running[name] = stack.enter_context(Server(models / name))
            return running[name]

        yield start


@pytest.fixture(scope="session")
def cancer(serve: Callable[[str], Server]) -> Server:
    return serve("cancer")


@pytest.fixture(scope="session")
def moody(serve: Callable[[str], Server]) -> Server:
    return serve("moody")
