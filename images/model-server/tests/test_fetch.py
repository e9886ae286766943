"""fetch-model against a folder, an S3 server, a real MLflow server and a Hub, as a process; killed and started again."""

import hashlib
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest

from fetch_model.digest import tree_digest
from fetch_model.errors import FetchError
from fetch_model.sources.source import Remote
from fetch_model.store import fetch

from .process import PROJECT, free_port

FILES = {"MLmodel": b"flavors: {}\n", "data/model.bin": bytes(range(256)) * 1000, "data/.hidden": b"", "Z/ä b.txt": b"x"}


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder


def shell_digest(folder: Path) -> str:
    """The command of docs/model-server.md."""
    page = (PROJECT.parent.parent / "docs" / "model-server.md").read_text()
    command = next(line for line in page.splitlines() if line.startswith('cd "$MODEL_DIR" && '))
    named = {**os.environ, "MODEL_DIR": str(folder)}
    return subprocess.run(command, shell=True, env=named, capture_output=True, text=True, check=True).stdout.split()[0]


def start(uri: str, folder: Path, sha256: str, **more: str) -> "subprocess.Popen[str]":
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MLFLOW_", "HF_"))}
    own = {"PYTHONPATH": str(PROJECT), "MODEL_URI": uri, "MODEL_DIR": str(folder), "MODEL_SHA256": sha256} | more
    return subprocess.Popen([sys.executable, "-m", "fetch_model"], env=clean | own, stderr=subprocess.PIPE, text=True)


def run(uri: str, folder: Path, sha256: str, **more: str) -> tuple[int, str]:
    done = start(uri, folder, sha256, **more)
    _, said = done.communicate(timeout=120)
    assert "Traceback" not in said, said
    return done.returncode, said.strip().splitlines()[-1]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "source", FILES)


def test_the_digest_is_that_of_the_documented_command(source: Path) -> None:
    assert tree_digest(source) == shell_digest(source)


def test_a_folder(source: Path, tmp_path: Path) -> None:
    code, said = run(f"file://{source}", tmp_path / "models", shell_digest(source))
    assert (code, "is complete" in said) == (0, True)
    assert shell_digest(tmp_path / "models") == shell_digest(source)
    assert run(f"file://{source}", tmp_path / "models", shell_digest(source))[0] == 0


def test_a_wrong_digest_leaves_nothing(source: Path, tmp_path: Path) -> None:
    code, said = run(f"file://{source}", tmp_path / "models", "0" * 64)
    assert code == 5
    assert shell_digest(source) in said
    assert "0" * 64 in said
    assert not [path for path in (tmp_path / "models").rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("uri", "code", "word"),
    [
        ("", 2, "MODEL_URI"),
        ("ftp://a/b", 2, "'ftp://a/b'"),
        ("s3://bucket", 2, "s3://<bucket>/<folder>"),
        ("s3:///x", 2, "s3://<bucket>/<folder>"),
        ("s3://[::1/x", 2, "must be an address"),
        ("file://relative/path", 2, "absolute"),
        ("file:///nowhere/at/all", 4, "no folder"),
        ("hf://owner/name@main", 2, "never a branch"),
        ("hf://owner/name", 2, "never a branch"),
        ("models:/cancer@champion", 2, "version number"),
        ("models:/cancer/latest", 2, "version number"),
        ("models:/cancer/1", 2, "MLFLOW_TRACKING_URI"),
        ("runs:/abc", 2, "runs:/<run>/<path>"),
    ],
)
def test_a_wrong_address(tmp_path: Path, uri: str, code: int, word: str) -> None:
    got, said = run(uri, tmp_path / "models", "0" * 64)
    assert (got, word in said) == (code, True), said


def test_wrong_variables(source: Path, tmp_path: Path) -> None:
    assert run(f"file://{source}", tmp_path / "models", "abc")[0] == 2
    code, said = run(f"file://{source}", Path("models"), "0" * 64)
    assert (code, "MODEL_DIR" in said) == (2, True)


def test_a_source_is_never_the_target(source: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(source)
    for target in (source, source / "below", source.parent, link, source / ".." / source.name):
        code, said = run(f"file://{source}", target, "0" * 64)
        assert (code, "MODEL_DIR must be outside of MODEL_URI" in said) == (2, True), said
    assert any(path.is_file() for path in source.rglob("*"))


def test_a_folder_with_other_files_is_not_touched(source: Path, tmp_path: Path) -> None:
    write(tmp_path / "models", {"mine.txt": b"mine"})
    code, said = run(f"file://{source}", tmp_path / "models", shell_digest(source))
    assert (code, "'mine.txt'" in said) == (6, True)
    assert (tmp_path / "models" / "mine.txt").read_bytes() == b"mine"


def test_a_link_in_the_source_and_in_the_folder(source: Path, tmp_path: Path) -> None:
    (source / "link").symlink_to("/etc/passwd")
    assert run(f"file://{source}", tmp_path / "models", "0" * 64)[0] == 1
    (source / "link").unlink()
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "data").symlink_to(tmp_path)
    assert run(f"file://{source}", tmp_path / "models", shell_digest(source))[0] == 6
    assert not (tmp_path / "model.bin").exists()


class Listed:
    """A source that lists what it is told."""

    def __init__(self, *paths: str) -> None:
        self.paths = paths

    def list(self) -> list[Remote]:
        return [Remote(path, 1) for path in self.paths]

    def download(self, remote: Remote, part: Path) -> None:
        part.write_bytes(b"x")


@pytest.mark.parametrize(
    "path", ["../x", "a/../../x", "/etc/x", "a//b", "./a", "", "a/", ".fetch/x", "a\\b", "a\nb", "a\0b", "x" * 2000, ".."]
)
def test_a_path_that_leaves_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(FetchError, match="plain path"):
        fetch(Listed("good", path), tmp_path / "models", "0" * 64, print)
    assert not list(tmp_path.rglob("x"))


def test_a_file_that_is_a_folder_too(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="both as a file and as a folder"):
        fetch(Listed("a", "a/b"), tmp_path / "models", "0" * 64, print)


def test_a_file_gets_its_name_in_one_step(tmp_path: Path) -> None:
    inodes = []

    class Seen(Listed):
        def download(self, remote: Remote, part: Path) -> None:
            super().download(remote, part)
            inodes.append(part.stat().st_ino)

    expected = write(tmp_path / "source", {"a": b"x"})
    fetch(Seen("a"), tmp_path / "models", tree_digest(expected), print)
    assert [(tmp_path / "models" / "a").stat().st_ino] == inodes


def test_a_short_file(tmp_path: Path) -> None:
    class Short(Listed):
        def list(self) -> list[Remote]:
            return [Remote("a", 5)]

    with pytest.raises(FetchError, match="announced 5"):
        fetch(Short(), tmp_path / "models", "0" * 64, print)
    assert not (tmp_path / "models" / "a").exists()


class Slow(http.server.BaseHTTPRequestHandler):
    """An S3 server of one object in many chunks: slow, broken once in a while, with ranges."""

    data = os.urandom(4_000_000)
    asked: ClassVar[list[str]] = []
    protocol_version = "HTTP/1.1"
    break_after = 1_000_000
    pause = 0.0

    def do_GET(self) -> None:
        if "list-type" in self.path:
            etag = hashlib.md5(self.data).hexdigest()
            entry = '<Contents><Key>m/{}</Key><Size>{}</Size><ETag>"{}"</ETag></Contents>'
            body = (
                '<?xml version="1.0"?><ListBucketResult><IsTruncated>false</IsTruncated>'
                + entry.format("big.bin", len(self.data), etag)
                + entry.format("small.txt", 5, etag)
                + "</ListBucketResult>"
            ).encode()
            self.reply(200, body)
        elif "small" in self.path:
            self.asked.append("small")
            self.reply(200, b"small")
        else:
            span = self.headers.get("range", "bytes=0-")
            self.asked.append(span)
            rest = self.data[int(span[6:-1]) :]
            self.send_response(206 if "range" in self.headers else 200)
            self.send_header("content-length", str(len(rest)))
            self.end_headers()
            for at in range(0, min(len(rest), self.break_after), 50_000):
                self.wfile.write(rest[at : at + 50_000])
                time.sleep(self.pause)
            self.close_connection = True

    def reply(self, code: int, body: bytes) -> None:
        self.send_response(code)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def slow() -> Iterator[str]:
    Slow.asked.clear()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def aws(endpoint: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_S3": endpoint,
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_DEFAULT_REGION": "eu-central-1",
    }


def test_a_connection_that_breaks_goes_on_where_it_broke(slow: str, tmp_path: Path) -> None:
    expected = write(tmp_path / "source", {"big.bin": Slow.data, "small.txt": b"small"})
    Slow.break_after, Slow.pause = 1_000_000, 0.0
    code, said = run("s3://bucket/m", tmp_path / "models", shell_digest(expected), **aws(slow))
    assert code == 0, said
    assert [span for span in Slow.asked if span != "small"] == [f"bytes={start}-" for start in range(0, 4_000_000, 1_000_000)]


def test_a_kill_keeps_what_is_complete_and_goes_on_with_the_rest(slow: str, tmp_path: Path) -> None:
    expected = write(tmp_path / "source", {"big.bin": Slow.data, "small.txt": b"small"})
    Slow.break_after, Slow.pause = 10_000_000, 0.02
    models = tmp_path / "models"
    first = start("s3://bucket/m", models, shell_digest(expected), **aws(slow))
    while not [part for part in (models / ".fetch").glob("*") if part.stat().st_size > 1_500_000]:
        assert first.poll() is None
        time.sleep(0.05)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert (models / "small.txt").read_bytes() == b"small"
    assert not (models / "big.bin").exists()
    Slow.pause = 0.0
    code, said = run("s3://bucket/m", models, shell_digest(expected), **aws(slow))
    assert code == 0, said
    assert Slow.asked.count("small") == 1
    assert int(Slow.asked[-1][6:-1]) >= 1_000_000
    assert shell_digest(models) == shell_digest(expected)


@pytest.fixture(scope="module")
def moto() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    wait(url, server)
    yield url
    server.terminate()
    server.wait()


def wait(url: str, process: "subprocess.Popen[Any]") -> None:
    for _ in range(300):
        assert process.poll() is None
        try:
            httpx.get(url)
            return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError(f"{url} does not answer")


def test_s3(moto: str, source: Path, tmp_path: Path) -> None:
    import boto3

    s3: Any = boto3.client("s3", endpoint_url=moto, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
    s3.create_bucket(Bucket="store")
    s3.put_object(Bucket="store", Key="models/cancer/3/", Body=b"")
    s3.put_object(Bucket="store", Key="models/cancer/30/other", Body=b"other")
    for name, data in FILES.items():
        s3.put_object(Bucket="store", Key=f"models/cancer/3/{name}", Body=data)
    models = tmp_path / "models"
    code, said = run("s3://store/models/cancer/3", models, shell_digest(source), **aws(moto))
    assert code == 0, said
    assert shell_digest(models) == shell_digest(source)
    code, said = run("s3://store/models/cancer/4", tmp_path / "b", shell_digest(source), **aws(moto))
    assert (code, "no files" in said) == (4, True)
    code, said = run("s3://nowhere/models/cancer/3", tmp_path / "b", shell_digest(source), **aws(moto))
    assert (code, "NoSuchBucket" in said) == (4, True)
    s3.put_object(Bucket="store", Key="models/evil/1/../../x", Body=b"x")
    code, said = run("s3://store/models/evil/1", tmp_path / "c" / "d", "0" * 64, **aws(moto))
    assert code == 1, said
    assert not (tmp_path / "x").exists()


def test_s3_that_refuses_or_is_not_there(tmp_path: Path) -> None:
    gone = f"http://127.0.0.1:{free_port()}"
    code, said = run("s3://store/m", tmp_path / "models", "0" * 64, **aws(gone), AWS_MAX_ATTEMPTS="1")
    assert (code, "does not answer" in said) == (3, True), said
    none = {"AWS_ENDPOINT_URL_S3": gone, "AWS_EC2_METADATA_DISABLED": "true", "HOME": str(tmp_path), "AWS_REGION": "eu-central-1"}
    code, said = run("s3://store/m", tmp_path / "models", "0" * 64, **none)
    assert (code, "no AWS credentials" in said) == (3, True), said


@pytest.mark.slow
def test_mlflow(models: Path, tmp_path: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    options = ["--backend-store-uri", f"sqlite:///{tmp_path}/db", "--artifacts-destination", str(tmp_path / "artifacts")]
    command = [sys.executable, "-m", "mlflow", "server", *options, "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    with (tmp_path / "mlflow.log").open("w") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true"})
    try:
        wait(f"{url}/health", server)
        script = (
            "import json, mlflow, sys\n"
            "mlflow.set_experiment('e')\n"
            "with mlflow.start_run() as run: mlflow.log_artifacts(sys.argv[1], 'model')\n"
            "client = mlflow.MlflowClient()\n"
            "client.create_registered_model('cancer')\n"
            "made = client.create_model_version('cancer', f'{run.info.artifact_uri}/model', run.info.run_id)\n"
            "print(json.dumps([run.info.run_id, made.version]))\n"
        )
        logged = subprocess.run(
            [sys.executable, "-c", script, str(models / "cancer")],
            env={**os.environ, "MLFLOW_TRACKING_URI": url, "MLFLOW_DISABLE_TELEMETRY": "true"},
            capture_output=True,
            text=True,
            check=True,
        )
        run_id, version = json.loads(logged.stdout.strip().splitlines()[-1])
        sha256 = shell_digest(models / "cancer")
        for at, uri in enumerate((f"models:/cancer/{version}", f"runs:/{run_id}/model")):
            code, said = run(uri, tmp_path / str(at), sha256, MLFLOW_TRACKING_URI=url)
            assert code == 0, said
            assert shell_digest(tmp_path / str(at)) == sha256
        code, said = run("models:/cancer/99", tmp_path / "x", sha256, MLFLOW_TRACKING_URI=url)
        assert code == 4, said
    finally:
        server.terminate()
        server.wait()


COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub(http.server.BaseHTTPRequestHandler):
    """As much of the Hub as a model needs."""

    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path == f"/api/models/team/model/revision/{COMMIT}":
            files = [{"rfilename": name, "size": len(data), "blobId": str(len(name))} for name, data in FILES.items()]
            self.reply(200, json.dumps({"id": "team/model", "sha": COMMIT, "siblings": files}).encode())
            return
        prefix = f"/team/model/resolve/{COMMIT}/"
        name = httpx.URL(path).path.removeprefix(prefix)
        if path.startswith(prefix) and name in FILES:
            self.reply(200, FILES[name], {"x-repo-commit": COMMIT, "etag": f'"{hashlib.sha1(FILES[name]).hexdigest()}"'})
        else:
            self.reply(404, b"{}", {"x-error-code": "RepoNotFound"})

    def reply(self, code: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


def test_the_hub(source: Path, tmp_path: Path) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hub) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        more = {"HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}", "HF_HOME": str(tmp_path / "home")}
        code, said = run(f"hf://team/model@{COMMIT}", tmp_path / "models", shell_digest(source), **more)
        assert code == 0, said
        assert shell_digest(tmp_path / "models") == shell_digest(source)
        code, said = run(f"hf://team/other@{COMMIT}", tmp_path / "x", shell_digest(source), **more)
        assert (code, "team/other" in said) == (4, True), said
        server.shutdown()
