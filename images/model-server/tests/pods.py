"""Starts `stream-predict` many times without waiting for its libraries: they are loaded once, and each pod is a fork.

Run as a program, it reads a request a line from stdin and answers each with a number: `{"start": <variables>, "log": <file>,
"die_at": <step>}` with a process id, `{"wait": <process id>}` with its exit code. With `die_at` the pod is killed at that step
of a commit.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from .process import PROJECT


class Pods:
    """The program, seen from a test."""

    def __init__(self, model: Path) -> None:
        command = [sys.executable, "-m", "tests.pods", str(model)]
        environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdin=pipe, stdout=pipe, text=True)

    def start(self, variables: dict[str, str], log: Path, die_at: int = 0) -> int:
        return self._ask({"start": variables, "log": str(log), "die_at": die_at})

    def wait(self, pid: int) -> int:
        return self._ask({"wait": pid})

    def close(self) -> None:
        self._process.kill()
        self._process.wait(30)

    def _ask(self, request: dict[str, Any]) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def main() -> None:
    import boto3
    import confluent_kafka  # noqa: F401 - loaded once for all

    from model_server.settings import model_settings
    from stream_predict import connect, http, loop  # noqa: F401 - loaded once for all
    from stream_predict.kafka import connection  # noqa: F401 - loaded once for all
    from stream_predict.kinesis import connection as kinesis  # noqa: F401 - loaded once for all
    from stream_predict.model import RowModel

    boto3.client("kinesis", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b")
    RowModel(model_settings({"MODEL_DIR": sys.argv[1], "MODEL_NAME": "warm", "MODEL_VERSION": "1"}), (), 1024)
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            print(os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1]), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            run(request)
        print(pid, flush=True)


def run(request: dict[str, Any]) -> None:
    """The pod."""
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for number in (1, 2):
        os.dup2(log, number)
    os.close(0)
    os.environ.clear()
    os.environ.update(request["start"])
    if request["die_at"]:
        mortal(request["die_at"])
    sys.argv = ["stream-predict"]
    from stream_predict.__main__ import main as stream_predict

    stream_predict()


def mortal(die_at: int) -> None:
    """Kill this process before or after a step of a commit."""
    import signal

    from stream_predict.kafka.connection import Kafka

    left = [die_at]

    def step() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(name: str) -> None:
        real = getattr(Kafka, name)

        def wrapped(*arguments: Any, **named: Any) -> Any:
            step()
            answer = real(*arguments, **named)
            step()
            return answer

        setattr(Kafka, name, wrapped)

    # Not around each record that is written: their number would decide whether the steps behind them are reached.
    for name in ("_done", "commit"):
        around(name)


if __name__ == "__main__":
    main()
