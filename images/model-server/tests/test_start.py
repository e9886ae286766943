"""What cannot be served is refused at the start, with one sentence and an exit code of its own."""

import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .process import Server, free_port, variables


def start(folder: Path, **more: Any) -> tuple[int, str]:
    own = variables(folder, **more)
    done = subprocess.run([sys.executable, "-m", "model_server"], env=own, capture_output=True, text=True, timeout=60)
    lines = done.stderr.strip().splitlines()
    assert "Traceback" not in done.stderr
    return done.returncode, lines[-1]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unsigned", ["no signature", "input_example"]),
        ("wrong", ["fails on an example made from its signature", "ValueError", "log it again"]),
        ("foreign", ["a_package_that_nobody_has", "build an image"]),
    ],
)
def test_a_model_that_cannot_be_served(models: Path, name: str, words: list[str]) -> None:
    code, said = start(models / name)
    assert code == 1
    assert said.startswith("model-server: ")
    for word in words:
        assert word in said


@pytest.mark.parametrize(
    ("more", "word"),
    [
        ({"MODEL_NAME": ""}, "MODEL_NAME"),
        ({"MODEL_NAME": "a/b"}, "'a/b'"),
        ({"MODEL_VERSION": "3\r\nx: y"}, "MODEL_VERSION"),
        ({"MODEL_VERSION": ""}, "MODEL_VERSION"),
        ({"MODEL_DIR": "/nowhere"}, "MLmodel"),
        ({"MODEL_SHA256": "abc"}, "64 hexadecimal digits"),
        ({"PORT": "0"}, "PORT must be a whole number from 1 to 65535, got '0'"),
        ({"PORT": "http"}, "'http'"),
        ({"GRPC_PORT": "70000"}, "GRPC_PORT"),
        ({"PORT": "8080", "GRPC_PORT": "8080"}, "must differ"),
        ({"REQUEST_SECONDS": "1.5"}, "REQUEST_SECONDS"),
        ({"MAX_BODY_BYTES": "10MB"}, "MAX_BODY_BYTES"),
        ({"PREDICT_THREADS": "-1"}, "PREDICT_THREADS"),
        ({"HOST": "a b"}, "HOST"),
    ],
)
def test_a_wrong_variable(models: Path, more: dict[str, str], word: str) -> None:
    code, said = start(models / "cancer", **more)
    assert code == 2
    assert word in said


def test_a_port_in_use(models: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = start(models / "cancer", PORT=port)
        assert (code, f"PORT {port}" in said) == (3, True)
        code, said = start(models / "cancer", GRPC_PORT=port)
        assert (code, f"GRPC_PORT {port}" in said) == (3, True)


def test_without_grpc(models: Path) -> None:
    with Server(models / "cancer", {"GRPC_PORT": 0}) as server:
        assert server.http.get("/ping").status_code == 200


def test_a_folder_that_is_read_only_and_a_home_that_is_not_there(models: Path) -> None:
    folder = models / "cancer"
    more = {"HOME": "/nowhere", "PORT": free_port()}
    with Server(folder, more):
        assert not list(folder.rglob("__pycache__"))
