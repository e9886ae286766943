"""Runs the server as a process, as a pod does."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

PROJECT = Path(__file__).parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def variables(folder: Path, **more: Any) -> dict[str, str]:
    own = {
        "MODEL_NAME": folder.name,
        "MODEL_VERSION": "3",
        "MODEL_DIR": folder,
        "HOST": "127.0.0.1",
        "PORT": free_port(),
        "GRPC_PORT": free_port(),
    } | more
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT)} | {name: str(value) for name, value in own.items()}


@dataclass
class Server:
    """A running server; as a context, one that has become ready."""

    folder: Path
    more: Mapping[str, Any] = field(default_factory=dict)
    arguments: Sequence[str] = ()

    def __post_init__(self) -> None:
        self.variables = variables(self.folder, **self.more)
        self.port = int(self.variables["PORT"])
        self.grpc_port = int(self.variables["GRPC_PORT"])
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = self.folder.parent / f"{self.folder.name}-{self.port}.log"
        with self.log.open("w") as log:
            command = [sys.executable, "-m", "model_server", *self.arguments]
            self.process = subprocess.Popen(command, env=self.variables, stdout=log, stderr=log)
        self.http = httpx.Client(base_url=self.url, timeout=30, headers={"content-type": "application/json"})

    def __enter__(self) -> "Server":
        self.wait_until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0, self.said()

    def wait_until_ready(self, seconds: float = 60) -> float:
        began = time.monotonic()
        while time.monotonic() < began + seconds:
            assert self.process.poll() is None, self.said()
            try:
                if httpx.get(f"{self.url}/ping").status_code == 200:
                    return time.monotonic() - began
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError(f"not ready after {seconds} s: {self.said()}")

    def said(self) -> str:
        return self.log.read_text()

    def invoke(self, body: Any, **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes | str) else json.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.http.post("/invocations", content=content, headers=named)

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's series that have these labels."""
        total = 0.0
        for line in self.http.get("/metrics").text.splitlines():
            series, _, value = line.rpartition(" ")
            if series.partition("{")[0] == name and all(f'{key}="{want}"' in series for key, want in labels.items()):
                total += float(value)
        return total


def raw(port: int, data: bytes, seconds: float = 10, then: bytes = b"", pause: float = 0) -> bytes:
    """What comes back for these bytes, until the server closes or nothing has come for a while."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        connection.sendall(data)
        if then:
            time.sleep(pause)
            connection.sendall(then)
        got = b""
        try:
            while chunk := connection.recv(65536):
                got += chunk
        except (TimeoutError, ConnectionResetError):
            pass
        return got


def refused(answer: httpx.Response, status: int, *words: str) -> None:
    """An answer that is the caller's mistake: its code, its version, one sentence, no stack trace."""
    assert answer.status_code == status, answer.text
    assert answer.headers["x-model-version"] == "3"
    body = answer.json()
    message = body.get("message") or body["error"]
    assert message.endswith(".")
    assert "Traceback" not in answer.text
    assert "\n" not in message
    assert len(message) < 500
    for word in words:
        assert word in message, message
