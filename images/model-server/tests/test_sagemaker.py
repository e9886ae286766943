"""The contract of SageMaker hosting: `docker run <image> serve`, files that it has put into a folder, /ping and /invocations."""

import pickle
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from fetch_model.digest import tree_digest

from .process import Server, variables

HEADERS = {
    "X-Amzn-SageMaker-Custom-Attributes": "trace=1;c000b4f9",
    "X-Amzn-SageMaker-Target-Variant": "AllTraffic",
    "X-Amzn-SageMaker-Inference-Id": "7",
    "accept": "*/*",
}
"""What SageMaker passes on from its callers."""


def test_the_contract(models: Path) -> None:
    folder = models / "cancer"
    body = (folder / "serving_input_example.json").read_text()
    with Server(folder, {"MODEL_SHA256": tree_digest(folder), "GRPC_PORT": 0}, ["serve"]) as server:
        ping = server.http.get("/ping", timeout=2)
        assert (ping.status_code, ping.headers["x-model-version"]) == (200, "3")
        plain, passed_on = server.invoke(body), server.invoke(body, **HEADERS)
        assert plain.status_code == passed_on.status_code == 200
        assert passed_on.json() == plain.json()
        assert server.invoke("no json", **HEADERS).status_code == 400
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(30) == 0
        assert time.monotonic() - began < 30


class Loaded:
    """Leaves a trace when somebody unpickles it."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.trace,)


@pytest.mark.parametrize("change", ["replaced", "added", "removed"])
def test_other_files_are_refused_before_any_of_them_is_loaded(models: Path, tmp_path: Path, change: str) -> None:
    folder, trace = tmp_path / "moody", tmp_path / "trace"
    shutil.copytree(models / "moody", folder)
    named = tree_digest(folder)
    if change == "added":
        (folder / "sitecustomize.py").write_text("")
    elif change == "removed":
        (folder / "requirements.txt").unlink()
    (folder / "python_model.pkl").write_bytes(pickle.dumps(Loaded(trace)))
    server = Server(folder, {"MODEL_SHA256": named, "GRPC_PORT": 0}, ["serve"])
    answers = set()
    while server.process.poll() is None:
        try:
            answers.add(httpx.get(f"{server.url}/ping", timeout=2).status_code)
        except httpx.TransportError:
            time.sleep(0.01)
    assert answers <= {503}
    said = server.said()
    assert server.process.returncode == 1, said
    assert said.splitlines()[-1] == (
        f"model-server: the files of {folder} have the digest {tree_digest(folder)}, and MODEL_SHA256 is {named}: "
        "fetch the model again."
    )
    assert "Traceback" not in said
    assert not trace.exists()


def test_the_trace_would_have_been_left(models: Path, tmp_path: Path) -> None:
    folder, trace = tmp_path / "moody", tmp_path / "trace"
    shutil.copytree(models / "moody", folder)
    (folder / "python_model.pkl").write_bytes(pickle.dumps(Loaded(trace)))
    own = variables(folder, MODEL_SHA256=tree_digest(folder), GRPC_PORT=0)
    subprocess.run([sys.executable, "-m", "model_server", "serve"], env=own, capture_output=True, timeout=60)
    assert trace.exists()


def test_files_that_nobody_may_write(models: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cancer"
    shutil.copytree(models / "cancer", folder)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        with Server(folder, {"MODEL_SHA256": tree_digest(folder), "GRPC_PORT": 0, "HOME": "/nowhere"}) as server:
            assert server.http.get("/ping").status_code == 200
    finally:
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755)
