"""Bytes that are no request, or too much of one: each is answered, and none counts against the version."""

import asyncio
import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model_server.http import Application
from model_server.metrics import Metrics
from model_server.settings import read_settings
from model_server.work import Work

from .process import Server, raw, variables

POST = b"POST /invocations HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
CHUNKED = POST + b"transfer-encoding: chunked\r\n\r\n"
PING = b"GET /ping HTTP/1.1\r\nhost: x\r\n"


@pytest.fixture(scope="module")
def server(models: Path) -> Iterator[Server]:
    with Server(models / "moody", {"BODY_SECONDS": 2, "MAX_BODY_BYTES": 10_000}) as server:
        yield server


def counted(server: Server) -> float:
    return server.metric("model_requests_total", code="5xx")


def statuses(answers: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1\.1 (\d{3}) ", answers)


def header(size: int) -> bytes:
    return b"x: " + b"y" * size + b"\r\n"


def many(size: int) -> bytes:
    """Headers of this size together, as most clients send a large head."""
    return b"".join(b"x-%d: %s\r\n" % (number, b"y" * 990) for number in range(size // 1000))


@pytest.mark.parametrize(
    ("size", "cut", "make", "end"),
    [
        *((size, 0, make, b"\r\n") for size in (66_000, 200_000) for make in (header, many)),
        *((100_000, cut, header, b"\r\n") for cut in (1, 40_000, 65_536)),
        *((size, 0, header, b"") for size in (66_000, 1_000_000)),
        (100_000, 40_000, many, b""),
    ],
)
def test_a_large_head_is_told_however_it_is_cut(server: Server, size: int, cut: int, make: Any, end: bytes) -> None:
    data = PING + make(size) + end
    first = raw(server.port, data[:cut] or data, 5, data[cut:] if cut else b"", 0.05)
    # A kernel that has more bytes for a closed connection may throw the answer away.
    assert first.startswith(b"HTTP/1.1 431") or (first == b"" and size > 200_000)
    assert first == b"" or b"x-model-version: 3" in first


def test_a_large_url_is_a_large_head(server: Server) -> None:
    assert raw(server.port, b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n", 5).startswith(b"HTTP/1.1 431")


def test_a_head_within_the_limit_is_read(server: Server) -> None:
    end = b"connection: close\r\n\r\n"
    assert raw(server.port, PING + header(65_000) + end, 5).startswith(b"HTTP/1.1 200")
    assert raw(server.port, PING + many(64_000) + end, 5).startswith(b"HTTP/1.1 200")


def test_the_body_before_it_is_no_part_of_a_head(server: Server) -> None:
    refused = POST + b"content-length: 150000\r\n\r\n" + b" " * 150_000
    answers = raw(server.port, refused + PING[:9], 5, PING[9:] + b"connection: close\r\n\r\n", 0.2)
    assert statuses(answers) == [b"413", b"200"]


BAD = {
    "chunk size": CHUNKED + b"zz\r\n",
    "negative chunk": CHUNKED + b"-1\r\n",
    "empty chunk size": CHUNKED + b"\r\n",
    "chunk without an end": CHUNKED + b"2\r\n{}xx",
    "chunk beyond 64 bits": CHUNKED + b"FFFFFFFFFFFFFFFFF\r\n{",
    "chunk size after a chunk": CHUNKED + b"1\r\n{\r\nzz\r\n",
    "two lengths": POST + b"content-length: 2\r\ncontent-length: 3\r\n\r\n{}x",
    "the same length twice": POST + b"content-length: 2\r\ncontent-length: 2\r\n\r\n{}",
    "length and chunks": POST + b"content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks and length": POST + b"transfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n0\r\n\r\n",
    "chunked twice over": POST + b"transfer-encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
    "negative length": POST + b"content-length: -5\r\n\r\nhello",
    "length with a sign": POST + b"content-length: +5\r\n\r\nhello",
    "length of words": POST + b"content-length: five\r\n\r\nhello",
    "length beyond 64 bits": POST + b"content-length: 99999999999999999999\r\n\r\nhello",
    "two numbers in a length": POST + b"content-length: 5, 5\r\n\r\nhello",
    "bare LF": b"GET /ping HTTP/1.1\nhost: x\n\n",
    "bare CR": b"GET /ping HTTP/1.1\r\nhost: x\rfoo: y\r\n\r\n",
    "NUL in a header": PING + b"x: a\0b\r\n\r\n",
    "NUL in a name": PING + b"x\0: a\r\n\r\n",
    "space before the colon": PING + b"content-length : 5\r\n\r\nhello",
    "no header": PING + b"nothing\r\n\r\n",
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_no_request_is_told(server: Server, what: str) -> None:
    before = counted(server)
    answer = raw(server.port, BAD[what], 5)
    assert statuses(answer) == [b"400"], answer
    assert b"x-model-version: 3" in answer
    assert b"connection: close" in answer
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error_code"] == "BAD_REQUEST"
    assert counted(server) == before
    assert server.metric("model_requests_in_flight") == 0


@pytest.mark.parametrize(
    ("data", "status"),
    [
        # A chunk of 16 EiB that never comes, and one whose extension is larger than any body.
        (CHUNKED + b"FFFFFFFFFFFFFFFF\r\n{", b"408"),
        (CHUNKED + b"2;" + b"x" * 1_000_000 + b"\r\n{}\r\n0\r\n\r\n", b"400"),
        # Headers behind the body count as its head did.
        (CHUNKED + b"2\r\n{}\r\n0\r\n" + many(100_000) + b"\r\n", b"431"),
    ],
)
def test_chunks_that_do_not_end(server: Server, data: bytes, status: bytes) -> None:
    before = counted(server)
    answer = raw(server.port, data, 5)
    assert answer.startswith(b"HTTP/1.1 " + status), answer[:200]
    assert counted(server) == before


def test_a_request_that_has_its_answer_gets_no_second_one(server: Server) -> None:
    answer = raw(server.port, b"POST /nothing HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n", 5, b"zz\r\n", 0.3)
    assert statuses(answer) == [b"404"]


def test_the_answer_before_it_is_not_mixed_with_that_to_a_bad_request(server: Server) -> None:
    body = json.dumps({"dataframe_records": [{"mood": "sleep", "value": 1}]}).encode()
    first = POST + b"content-length: %d\r\n\r\n" % len(body) + body
    answers = raw(server.port, first + CHUNKED + b"zz\r\n", 5)
    assert statuses(answers) in ([], [b"200"])


def test_a_chunk_that_goes_wrong_ends_the_connection(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        connection.sendall(CHUNKED + b"1\r\n{\r\n")
        connection.sendall(b"zz\r\n" + PING + b"\r\n")
        got = b""
        while part := connection.recv(65_536):
            got += part
    assert statuses(got) == [b"400"]


@pytest.mark.parametrize("path", ["/invocations", "/v2/models/moody/infer", "/v2/health/ready", "/ping"])
def test_a_model_that_loads_is_not_ready_on_any_path(models: Path, path: str) -> None:
    settings = read_settings(variables(models / "moody"))
    metrics = Metrics(settings)
    application = Application(settings, metrics, Work(settings, metrics))
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"{}"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"path": path, "method": "GET" if path.endswith(("ready", "ping")) else "POST", "headers": []}
    asyncio.run(application(scope, receive, send))
    assert sent[0]["status"] == 503
    assert (b"retry-after", b"1") in sent[0]["headers"]
    assert b"The model is not ready." in sent[1]["body"]
