import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.util import find_spec
from pathlib import Path

import pytest

from batch_predict import parts
from batch_predict.model import BatchModel
from batch_predict.settings import read_settings

from .process import PROJECT, Server

NAMES = ["cancer", "unsigned", "wrong", "boosted", "tensor", "moody", "kinds", "nested", "foreign", "several", "picky", "deadly"]


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


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, models: Path) -> BatchModel:
    """Files of one row group, row groups of one batch, and a model that is loaded once."""
    monkeypatch.setattr(parts, "GROUP_ROWS", 1)
    monkeypatch.setattr(parts, "FILE_BYTES", 1)
    variables = {"MODEL_DIR": str(models / "picky"), "MODEL_NAME": "fraud", "MODEL_VERSION": "3"}
    model = BatchModel(read_settings({**variables, "BATCH_INPUT": "/in", "BATCH_OUTPUT": "/out"}).model)
    monkeypatch.setattr("batch_predict.model.BatchModel", lambda _: model)
    return model
