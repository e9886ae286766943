"""What no caller can make the server do: wait, swell, mix answers up or fall over."""

import concurrent.futures
import contextlib
import gzip
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .process import Server, raw, refused

HEAD = b"POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"


@pytest.fixture(scope="module")
def strict(models: Path) -> Iterator[Server]:
    """A server whose limits are met soon."""
    more = {
        "BODY_SECONDS": 1,
        "REQUEST_SECONDS": 1,
        "MAX_BODY_BYTES": 10_000,
        "MAX_REQUESTS": 4,
        "MAX_CONNECTIONS": 20,
        "PREDICT_THREADS": 2,
    }
    with Server(models / "moody", more) as server:
        yield server


def body(mood: str = "good", value: float = 1) -> bytes:
    return json.dumps({"dataframe_records": [{"mood": mood, "value": value}]}).encode()


def alive(server: Server) -> None:
    assert server.process.poll() is None
    assert server.invoke(body()).json() == {"predictions": [2.0]}


def test_a_large_body(strict: Server) -> None:
    refused(strict.invoke(b" " * 10_001), 413, "10000 bytes", "10001")
    answer = raw(
        strict.port,
        HEAD + b"transfer-encoding: chunked\r\n\r\n" + b"1000\r\n" + b" " * 4096 + b"\r\n",
        5,
        b"4000\r\n" + b" " * 16384,
        0.1,
    )
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"x-model-version: 3" in answer
    alive(strict)


def test_a_connection_survives_a_large_body_that_was_refused(strict: Server) -> None:
    with socket.create_connection(("127.0.0.1", strict.port), timeout=5) as connection:
        connection.sendall(HEAD + b"content-length: 300000\r\n\r\n" + b" " * 300_000)
        connection.sendall(b"GET /ping HTTP/1.1\r\nhost: x\r\n\r\n")
        got = b""
        while b"200 OK" not in got:
            got += connection.recv(65536)
        assert got.startswith(b"HTTP/1.1 413")


def test_a_gzip_bomb_is_not_unpacked(strict: Server) -> None:
    bomb = gzip.compress(b"0" * 5_000_000)
    assert len(bomb) < 10_000
    refused(strict.invoke(bomb, content_encoding="gzip"), 413, "unpacks to more")
    refused(strict.invoke(b"no gzip", content_encoding="gzip"), 400, "not gzip")
    refused(strict.invoke(gzip.compress(body())[:-4], content_encoding="gzip"), 400, "whole gzip")
    refused(strict.invoke(gzip.compress(body()) * 2, content_encoding="gzip"), 400, "one whole gzip")
    refused(strict.invoke(body(), content_encoding="br"), 415, "gzip")
    alive(strict)


def test_a_slow_body(strict: Server) -> None:
    began = time.monotonic()
    answer = raw(strict.port, HEAD + b"content-length: 100\r\n\r\n{", 5)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"x-model-version: 3" in answer
    assert b"within 1 s" in answer
    assert time.monotonic() - began < 3
    alive(strict)


def test_a_slow_head(strict: Server) -> None:
    began = time.monotonic()
    answer = raw(strict.port, b"POST /invocations HTTP/1.1\r\nhost:", 5)
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"x-model-version: 3" in answer
    assert time.monotonic() - began < 3


def test_a_body_without_an_end(strict: Server) -> None:
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", strict.port), timeout=5) as connection:
        connection.sendall(HEAD + b"transfer-encoding: chunked\r\n\r\n")
        with contextlib.suppress(OSError):
            while time.monotonic() < began + 10:
                connection.sendall(b"4000\r\n" + b" " * 16384 + b"\r\n")
                time.sleep(0.01)
    assert time.monotonic() - began < 5
    alive(strict)


def test_a_large_head(strict: Server) -> None:
    answer = raw(strict.port, b"GET /ping HTTP/1.1\r\nx: " + b"a" * 1_000_000, 5)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 431")
    alive(strict)


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"GET /%ff%00 HTTP/1.1\r\n\r\n",
        b"GET \xff HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /invocations HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"POST /invocations HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n",
        b"POST /invocations HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n",
        b"GET /ping HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
    ],
)
def test_what_is_no_http(strict: Server, data: bytes) -> None:
    answer = raw(strict.port, data, 2)
    assert b"HTTP/1.1 5" not in answer
    assert b"HTTP/1.1" not in answer or b"x-model-version: 3" in answer
    assert b"Traceback" not in answer
    alive(strict)


def test_a_slow_model_is_a_failure_after_the_timeout_and_stops_no_probe(strict: Server) -> None:
    began = time.monotonic()
    refused(strict.invoke(body("sleep", 2)), 504, "within 1 s")
    assert time.monotonic() - began < 2
    assert strict.http.get("/ping").status_code == 200
    time.sleep(1.2)
    alive(strict)


def test_more_requests_than_there_may_be_are_refused_and_are_no_failure(strict: Server) -> None:
    failed = strict.metric("model_requests_total", code="5xx")
    with concurrent.futures.ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda _: strict.invoke(body("sleep", 0.3)), range(12)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200] * 4 + [429] * 8
    many = next(answer for answer in answers if answer.status_code == 429)
    refused(many, 429, "try again")
    assert many.headers["retry-after"] == "1"
    assert strict.metric("model_requests_total", code="5xx") == failed
    assert strict.metric("model_requests_in_flight") == 0


def test_more_connections_than_there_may_be_are_closed(strict: Server) -> None:
    open_ones = [socket.create_connection(("127.0.0.1", strict.port), timeout=5) for _ in range(40)]
    time.sleep(0.3)
    answered = 0
    for connection in open_ones:
        try:
            connection.sendall(b"GET /ping HTTP/1.1\r\nhost: x\r\n\r\n")
            answered += connection.recv(100).startswith(b"HTTP/1.1 200")
        except OSError:
            pass
        connection.close()
    # Those of earlier tests, which are kept open, count too.
    assert 1 <= answered <= 20
    time.sleep(0.2)
    alive(strict)


def answer(connection: socket.socket) -> bytes:
    got = b""
    while not got.endswith(b"}"):
        got += connection.recv(65536) or b"}"
    return got


def test_1000_connections(cancer: Server, models: Path) -> None:
    example = (models / "cancer" / "serving_input_example.json").read_bytes()
    request = HEAD + b"content-length: %d\r\n\r\n" % len(example) + example
    failed = cancer.metric("model_requests_total", code="5xx")
    connections: list[Any] = [socket.create_connection(("127.0.0.1", cancer.port), timeout=60) for _ in range(1000)]
    for _ in range(2):
        for connection in connections:
            connection.sendall(request)
        assert {answer(connection)[:12] for connection in connections} == {b"HTTP/1.1 200"}
    for connection in connections:
        connection.close()
    assert cancer.metric("model_requests_total", code="5xx") == failed
    assert cancer.http.get("/ping").status_code == 200
