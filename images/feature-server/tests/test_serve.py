"""The server as a process: as the user who only reads, through a lost connection, with its metrics."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from feature_store.materialize import materialize

from .conftest import Place
from .ports import free_port
from .rows import HOUR, spending, write

ASKED = {"feature_service": "fraud", "entities": {"card_id": [0, 1], "amount": [10.0, 20.0]}}


class Server:
    """Where it answers."""

    def __init__(self, port: int, metrics_port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.metrics_url = f"http://127.0.0.1:{metrics_port}/metrics"

    def post(self, path: str, body: object) -> httpx.Response:
        """A request with patience for a machine that is busy."""
        return httpx.post(f"{self.url}{path}", json=body, timeout=60)

    def metric(self, name: str) -> float | None:
        """The value of a series of `card_spending`."""
        for line in httpx.get(self.metrics_url, timeout=60).text.splitlines():
            if line.startswith(f"{name}{{") and 'feature_view="card_spending"' in line:
                return float(line.split()[-1])
        return None


@pytest.fixture
def server(place: Place) -> Iterator[Server]:
    """With two cards whose values are an hour old."""
    now = datetime.now(UTC)
    write(place.data, "rows", spending(range(2), now - 2 * HOUR, seed=1))
    place.apply()
    list(materialize(place.store(), now - HOUR))
    started = Server(free_port(), free_port())
    command = [sys.executable, "-m", "feature_store", "serve", str(place.folder), "--host", "127.0.0.1"]
    ports = ["--port", started.url.rsplit(":", 1)[1], "--metrics-port", started.metrics_url.split(":")[2].split("/")[0]]
    process = subprocess.Popen([*command, *ports], env={**os.environ, **place.variables("feast_reader")})
    try:
        _until_healthy(started, process)
        yield started
    finally:
        process.terminate()
        process.wait(120)


def _until_healthy(server: Server, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(1_200):
        assert process.poll() is None
        try:
            if httpx.get(f"{server.url}/health", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise AssertionError("no answer")


def test_serves_and_writes_nothing(place: Place, server: Server) -> None:
    answer = server.post("/get-online-features", ASKED)
    assert answer.status_code == 200, answer.text
    names = answer.json()["metadata"]["feature_names"]
    values = {name: result["values"] for name, result in zip(names, answer.json()["results"], strict=True)}
    assert values["amount_ratio"] == [10.0 / values["mean_amount_7d"][0], 20.0 / values["mean_amount_7d"][1]]

    for path in ("/push", "/write-to-online-store", "/materialize", "/materialize-incremental", "/chat", "/search"):
        assert server.post(path, {}).status_code == 404, path
    assert httpx.get(f"{server.url}/docs", timeout=60).status_code == 404

    # More connections than the pool has are cut off, one at a time: none is lost for good.
    for _ in range(8):
        place.postgres.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'feast_reader'")
        assert server.post("/get-online-features", ASKED).status_code == 200

    # A mistake of the caller is no fault that costs a connection.
    for _ in range(8):
        assert server.post("/get-online-features", {"feature_service": "none", "entities": {}}).status_code in (404, 422, 500)
    assert server.post("/get-online-features", ASKED).status_code == 200

    # An hour old, and it grows.
    age = server.metric("feast_feature_freshness_seconds")
    assert age is not None
    assert 3_600 <= age < 7_200
    assert server.metric("millrace_feature_view_ttl_seconds") == 7 * 86_400

    command = [sys.executable, "-m", "feature_store", "skew", str(place.folder), "--service", "fraud", "--url", server.url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "fraud: 2 entities, 3 features" in done.stdout
    assert "0 values differ" in done.stdout
    with place.postgres.connect(place.database) as connection:
        connection.execute("DELETE FROM test_card_spending WHERE feature_name = 'mean_amount_7d'")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "training reads" in done.stderr


def test_the_servers_user_may_not_write(place: Place, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSERVICEFILE", place.variables("feast_reader")["PGSERVICEFILE"])
    with pytest.raises(Exception, match="permission denied"):
        list(materialize(place.store()))
