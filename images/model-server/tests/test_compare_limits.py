"""What no caller can make the comparer do, and how it refuses to start."""

import contextlib
import json
import random
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .comparer import Comparer, Version, says
from .process import PROJECT, raw

HEAD = b"POST /invocations HTTP/1.1\r\nhost: x\r\n"


@pytest.fixture(scope="module")
def comparer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Comparer]:
    """One whose limits are met soon."""
    old, new = Version(says([1], "3")), Version(says([1], "4"))
    more = {"COMPARE_MAX_BODY_BYTES": 10_000, "COMPARE_TIMEOUT_SECONDS": 5}
    with Comparer(tmp_path_factory.mktemp("comparer"), old, new, more) as running:
        yield running
    old.close()
    new.close()


def alive(comparer: Comparer) -> None:
    compared = comparer.report()["compared"]
    comparer.send()
    comparer.wait(lambda: bool(comparer.report()["compared"] > compared))


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"GET \xff HTTP/1.1\r\n\r\n",
        b"GET @evil/ HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET http://evil/ HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET //evil/a HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /%0d%0aa:b?\xff HTTP/1.1\r\nhost: x\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        HEAD + b"x: \xff\xfe\r\ncookie: a\r\ncookie: b\r\n\r\n",
        HEAD + b"content-length: -1\r\n\r\n",
        HEAD + b"content-length: 99999999999999999999\r\n\r\n",
        HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"upgrade: websocket\r\nconnection: upgrade\r\n\r\n",
        HEAD + b"expect: 100-continue\r\ncontent-length: 2\r\n\r\n{}",
        b"GET /ping HTTP/1.1\r\nx: " + b"a" * 100_000,
    ],
)
def test_what_is_odd(comparer: Comparer, data: bytes) -> None:
    with contextlib.suppress(ConnectionResetError):
        assert b"HTTP/1.1 5" not in raw(comparer.port, data, 1)
    alive(comparer)


def test_bytes_at_random(comparer: Comparer) -> None:
    draw = random.Random(7)
    parts = [
        HEAD,
        b"GET /",
        b" HTTP/1.1\r\n",
        b"\r\n",
        b"content-length: 5\r\n",
        b"\x00\xff",
        b"{[",
        b"?a=%",
        b"connection: ,x,\r\n",
    ]
    for _ in range(300):
        data = b"".join(draw.choice([*parts, draw.randbytes(3)]) for _ in range(draw.randrange(12)))
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", comparer.port), timeout=5) as connection:
            connection.sendall(data)
    alive(comparer)


def test_a_body_that_does_not_come(comparer: Comparer) -> None:
    answer = raw(comparer.port, HEAD + b"content-length: 100\r\n\r\n{", 30)
    assert answer.startswith(b"HTTP/1.1 408")
    alive(comparer)


def test_thousands_of_connections(comparer: Comparer) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(2000):
            with contextlib.suppress(OSError):
                stack.enter_context(socket.create_connection(("127.0.0.1", comparer.port), timeout=5)).sendall(HEAD)
        alive(comparer)
    alive(comparer)


def start(**variables: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "compare_answers"]
    done = subprocess.run(command, env={"PYTHONPATH": str(PROJECT), **variables}, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stderr.strip()


def test_a_wrong_variable_and_a_port_in_use_are_one_sentence() -> None:
    code, said = start(COMPARE_OLD="http://old")
    assert (code, said) == (2, "compare-answers: COMPARE_NEW must be a base URL such as http://fraud:8080, got nothing.")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, said = start(COMPARE_OLD="http://old", COMPARE_NEW="http://new", COMPARE_HOST="127.0.0.1", COMPARE_PORT=port)
    assert code == 3
    assert said.splitlines()[-1].startswith(f"compare-answers: COMPARE_PORT {port} of 127.0.0.1 cannot be listened on:")


def test_it_loads_nothing_of_the_models() -> None:
    """It starts in a moment and is small: it shares an image with the model server, not its packages."""
    code = "import compare_answers.server, json, sys; print(json.dumps(sorted(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert not {"numpy", "pandas", "mlflow", "kserve", "sklearn"} & {*json.loads(loaded)}
    assert Path(PROJECT, "compare_answers").is_dir()
