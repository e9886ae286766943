"""Pods of a stream, and what every stream must keep."""

import json
import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from .pods import Pods
from .process import PROJECT, free_port


@dataclass
class Written:
    """A record of an output, as a consumer reads it."""

    key: str
    told: dict[str, Any]


@dataclass
class Pod:
    """A process of one pod; it may be started again and again."""

    pods: Pods
    variables: dict[str, str]
    log: Path
    pid: int = 0
    port: int = field(default_factory=free_port)

    def start(self, die_at: int = 0) -> "Pod":
        self.pid = self.pods.start({**self.variables, "STREAM_PORT": str(self.port)}, self.log, die_at)
        return self

    def end(self, number: int = signal.SIGTERM) -> int:
        os.kill(self.pid, number)
        return self.pods.wait(self.pid)

    def is_running(self) -> bool:
        return self.pid > 0 and Path(f"/proc/{self.pid}/stat").exists() and not self.has_ended()

    def has_ended(self) -> bool:
        """Nobody has waited for it yet."""
        return Path(f"/proc/{self.pid}/stat").read_text().split()[2] == "Z"

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's series that have these labels."""
        total = 0.0
        for line in httpx.get(f"http://127.0.0.1:{self.port}/metrics").text.splitlines():
            series, _, value = line.rpartition(" ")
            if series.partition("{")[0] == name and all(f'{key}="{want}"' in series for key, want in labels.items()):
                total += float(value)
        return total


def pod_variables(model: Path, folder: Path, number: int, **more: Any) -> dict[str, str]:
    own = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(PROJECT),
        "MODEL_NAME": "fraud",
        "MODEL_VERSION": "3",
        "MODEL_DIR": model,
        "STREAM_POD": f"fraud-stream-{number}",
        "STREAM_HOST": "127.0.0.1",
        "STREAM_SUSPECTS": folder / f"suspects-{number}.json",
        "STREAM_LEASE_SECONDS": 2,
        "STREAM_ROWS": 20,
        "STREAM_WAIT_SECONDS": "0.05",
        "OMP_NUM_THREADS": 1,
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    return {name: str(value) for name, value in (own | more).items()}


def until(is_so: Callable[[], bool], what: Callable[[], Any], seconds: float = 120) -> None:
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends, what()
        time.sleep(0.3)


def row(key: int, number: int, **more: Any) -> bytes:
    """A good row: `number` counts the rows of its key."""
    return json.dumps({"value": _value(number), "key": key, "number": number, **more}).encode()


def _value(number: int) -> float:
    """One that the model is not picky about."""
    return float(number % 50 + 1)


def check_complete(good: list[Written], dead: list[Written], sent: dict[str, list[int]], poison: int = 0) -> None:
    """Every row has one prediction, the right one, in the order of its key."""
    numbers = defaultdict(list)
    for each in good:
        assert each.told["prediction"] == 2 * _value(each.told["number"]), each
        assert each.told["model_version"] == "3"
        assert str(each.told["key"]) == each.key
        numbers[each.key].append(each.told["number"])
    assert {key: len(value) for key, value in numbers.items()} == {key: len(value) for key, value in sent.items()}
    assert numbers == sent
    assert len({each.told["record_id"] for each in good + dead}) == len(good) + len(dead)
    assert len(dead) == poison, dead


def deduplicated(written: list[Written]) -> list[Written]:
    """What a consumer makes of at-least-once: it drops ids that it has seen."""
    seen: dict[str, Written] = {}
    for each in written:
        seen.setdefault(each.told["record_id"], each)
    return list(seen.values())


def end_all(pods: list[Pod]) -> None:
    """After a test that failed."""
    for pod in pods:
        if pod.is_running():
            pod.end(signal.SIGKILL)
