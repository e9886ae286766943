"""The real tracking server, with the app and a table."""

import json
import os
import re
import socket
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import requests

SOURCES = Path(__file__).parent.parent
PACKAGE = SOURCES.parent.parent / "python" / "src"
"""Where the package `millrace` is, whose rule the app asks."""
PASSWORD = "a-password-that-nobody-has-to-type-once"
PATIENCE = 180


def installed(folder: Path) -> Path:
    """A folder by which Python knows the app as pip would have installed it."""
    name = "millrace_auth-1.0.0.dist-info"
    (folder / name).mkdir(parents=True)
    points = tomllib.loads((SOURCES / "pyproject.toml").read_text())["project"]["entry-points"]["mlflow.app"]
    (folder / name / "entry_points.txt").write_text(
        "[mlflow.app]\n" + "".join(f"{key} = {value}\n" for key, value in points.items())
    )
    (folder / name / "METADATA").write_text("Metadata-Version: 2.1\nName: millrace-auth\nVersion: 1.0.0\n")
    return folder


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@dataclass
class Server:
    """The server; it ends with its block."""

    folder: Path
    table: dict[str, Any]
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        return [
            *(sys.executable, "-m", "mlflow", "server", "--app-name=millrace", "--host=127.0.0.1", f"--port={self.port}"),
            *("--workers=1", f"--backend-store-uri=sqlite:///{self.folder}/db", f"--artifacts-destination={self.folder}/files"),
            f"--expose-prometheus={self.folder}/counters",
        ]

    def variables(self) -> dict[str, str]:
        file = self.folder / "access.json"
        file.write_text(json.dumps(self.table))
        return {
            **os.environ,
            "PYTHONPATH": f"{SOURCES}:{PACKAGE}:{installed(self.folder / 'app')}",
            "PYTHONUNBUFFERED": "1",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_AUTH_ADMIN_PASSWORD": PASSWORD,
            "MILLRACE_TRACKING_ACCESS": str(file),
            **self.environment,
        }

    def variables_of_client(self) -> dict[str, str]:
        """Variables of a program beside the server, which it finds by no other way than it is told."""
        return {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")} | {
            "MLFLOW_DISABLE_TELEMETRY": "true"
        }

    def __enter__(self) -> Self:
        self.log = (self.folder / "log").open("w")
        self._process = subprocess.Popen(self.command(), env=self.variables(), stdout=self.log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + PATIENCE
        while not self._healthy():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise RuntimeError((self.folder / "log").read_text()[-4_000:])
            time.sleep(0.2)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        self.log.close()

    def _healthy(self) -> bool:
        try:
            return requests.get(f"{self.url}/health", timeout=5).status_code == 200
        except requests.ConnectionError:
            return False

    def audit(self, request: str) -> dict[str, Any]:
        """The audit line of a request, by its id."""
        lines = re.findall(r'^\{"audit".*$', (self.folder / "log").read_text(), re.MULTILINE)
        found = [line for line in map(json.loads, lines) if line["request"] == request]
        assert len(found) == 1, (request, len(found))
        only: dict[str, Any] = found[0]
        return only
