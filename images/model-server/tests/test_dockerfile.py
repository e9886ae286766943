"""The image of the model server, made by the steps of its Dockerfile, and the programs in it."""

import re
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from .dockerfile import built, steps_of
from .process import PROJECT, free_port
from .test_fetch import shell_digest

pytestmark = pytest.mark.slow

STEPS = steps_of(PROJECT / "Dockerfile")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `/usr/local` of the image."""
    return built(PROJECT / "Dockerfile", PROJECT, tmp_path_factory.mktemp("image")) / "usr" / "local"


def test_the_files_that_are_copied_are_those_that_docker_sees() -> None:
    copied = {
        source
        for line in STEPS.splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for source in line.split()[1:-1]
    }
    ignored = (PROJECT / ".dockerignore").read_text().splitlines()
    assert ignored[0] == "*"
    assert copied == {line.removeprefix("!") for line in ignored if line.startswith("!")}


def test_the_base_image_has_no_default_and_the_user_is_no_root() -> None:
    assert "ARG BASE\n" in STEPS
    assert set(re.findall(r"^FROM (\S+)", STEPS, re.MULTILINE)) == {"${BASE}"}
    assert re.findall(r"^USER (\S+)", STEPS, re.MULTILINE) == ["10001:10001"]


def test_the_image_fetches_and_serves(image: Path, models: Path, tmp_path: Path) -> None:
    assert (image.parent.parent / "useradd").read_text().startswith("--uid 10001")
    assert (
        not (image / "bin" / "pip").exists()
        or subprocess.run([image / "bin" / "python", "-m", "pip"], capture_output=True).returncode
    )
    port = free_port()
    variables = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/nowhere",
        "MODEL_NAME": "cancer",
        "MODEL_VERSION": "3",
        "MODEL_URI": f"file://{models}/cancer",
        "MODEL_SHA256": shell_digest(models / "cancer"),
        "MODEL_DIR": str(tmp_path / "models"),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "GRPC_PORT": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    subprocess.run([image / "bin" / "fetch-model"], env=variables, check=True, capture_output=True)
    server = subprocess.Popen([image / "bin" / "model-server"], env=variables, stderr=subprocess.PIPE, cwd="/")
    try:
        for _ in range(300):
            assert server.poll() is None, server.stderr and server.stderr.read()
            try:
                if httpx.get(f"http://127.0.0.1:{port}/ping", timeout=1).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        example = (models / "cancer" / "serving_input_example.json").read_bytes()
        answer = httpx.post(f"http://127.0.0.1:{port}/invocations", content=example, headers={"content-type": "application/json"})
        assert len(answer.json()["predictions"]) == 2
    finally:
        server.terminate()
    assert server.wait(20) == 0


def test_the_image_predicts(image: Path) -> None:
    done = subprocess.run(
        [image / "bin" / "batch-predict"], env={"PATH": "/usr/bin:/bin"}, cwd="/", capture_output=True, text=True
    )
    assert (done.returncode, "MODEL_DIR must be" in done.stderr) == (2, True), done.stderr


def test_the_image_reads_streams(image: Path) -> None:
    done = subprocess.run(
        [image / "bin" / "stream-predict"], env={"PATH": "/usr/bin:/bin"}, cwd="/", capture_output=True, text=True
    )
    assert (done.returncode, "STREAM_KIND must be" in done.stderr) == (2, True), done.stderr


def test_the_image_compares(image: Path) -> None:
    command = [str(image / "bin" / "python"), "-m", "compare_answers"]
    done = subprocess.run(command, env={"PATH": "/usr/bin:/bin"}, cwd="/", capture_output=True, text=True)
    assert (done.returncode, "COMPARE_OLD must be" in done.stderr) == (2, True), done.stderr
