"""Runs the comparer as a process, against two servers that answer what a test tells them."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import httpx

from .process import PROJECT, free_port


@dataclass
class Asked:
    """A request that a version got, and how it is answered."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    handler: BaseHTTPRequestHandler

    def answer(self, body: Any, version: str | None, status: int = 200, **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.handler.send_response(status)
        named = {"content-length": str(len(content)), **headers} | ({"x-model-version": version} if version else {})
        for name, value in named.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()
        self.handler.wfile.write(content)


Behaviour = Callable[[Asked], None]


def says(body: Any, version: str | None, status: int = 200) -> Behaviour:
    return lambda asked: asked.answer(body, version, status)


class Version:
    """A server of one version of a model."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.asked: list[Asked] = []
        version = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if not self.raw_requestline or not self.parse_request():
                    self.close_connection = True
                    return
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, self.path, headers, body, self)
                version.asked.append(asked)
                try:
                    version.behaviour(asked)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: object) -> None:
                pass

        class Listening(ThreadingHTTPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 128

            def handle_error(self, *_: object) -> None:
                pass

        self._server = Listening(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class Comparer:
    """A running comparer of two versions."""

    folder: Path
    old: Version
    new: Version
    more: dict[str, Any] = field(default_factory=dict)

    def __enter__(self) -> Self:
        port = free_port()
        own = {
            "COMPARE_OLD": self.old.url,
            "COMPARE_NEW": self.new.url,
            "COMPARE_PORT": port,
            "COMPARE_HOST": "127.0.0.1",
            **self.more,
        }
        self.port = port
        self.log = self.folder / "comparer.log"
        variables = {"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT)} | {name: str(value) for name, value in own.items()}
        with self.log.open("w") as log:
            self.process = subprocess.Popen([sys.executable, "-m", "compare_answers"], env=variables, stdout=log, stderr=log)
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30)
        self.wait(self._answers)
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0, self.said()
        assert "Traceback" not in self.said()
        assert "ERROR" not in self.said()

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.said()
        try:
            return self.http.get("/ping").status_code == 200
        except httpx.TransportError:
            return False

    def said(self) -> str:
        return self.log.read_text()

    def send(self, body: Any = b"{}", path: str = "/invocations", **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.http.post(path, content=content, headers=named)
        assert (answer.status_code, answer.content) == (202, b"")

    def send_until(self, until: Callable[[], bool]) -> None:
        """Send requests until this is so."""

        def sent() -> bool:
            self.send()
            return until()

        self.wait(sent)

    def report(self) -> dict[str, Any]:
        told: dict[str, Any] = self.http.get("/report").json()
        return told

    def outcomes(self) -> dict[str, int]:
        return {outcome: number for outcome, number in self.report()["outcomes"].items() if number}

    def metrics(self) -> dict[str, float]:
        lines = (line for line in self.http.get("/metrics").text.splitlines() if line.startswith("shadow_"))
        return {series: float(value) for series, _, value in (line.rpartition(" ") for line in lines)}

    def dropped(self, reason: str) -> float:
        return self.metrics()[f'shadow_dropped_total{{reason="{reason}"}}']

    def comes_to(self, **outcomes: int) -> None:
        """Wait until these are the outcomes."""
        self.wait(lambda: sum(self.outcomes().values()) >= sum(outcomes.values()))
        assert self.outcomes() == outcomes

    @staticmethod
    def wait(until: Callable[[], bool], seconds: float = 30) -> None:
        began = time.monotonic()
        while not until():
            assert time.monotonic() < began + seconds, "it does not come to this"
            time.sleep(0.05)
