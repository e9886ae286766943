"""The comparer as a process, between two servers: what it asks, what it counts, and that it asks no more than it should."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from .comparer import Asked, Behaviour, Comparer, Version, says

Start = Callable[..., Comparer]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a comparer of two versions that behave so."""
    with ExitStack() as stack:

        def run(old: Behaviour, new: Behaviour, **more: Any) -> Comparer:
            versions = Version(old), Version(new)
            for version in versions:
                stack.callback(version.close)
            return stack.enter_context(Comparer(tmp_path, *versions, more))

        yield run


def test_the_same_request_reaches_both_and_their_answers_are_compared(start: Start) -> None:
    comparer = start(says({"predictions": [0.5]}, "3"), says({"predictions": [0.505]}, "4"))
    comparer.send(
        b'{"a": 1}', "/v2/models/fraud/infer?x=%20y", x_request_id="r1", authorization="Bearer x", connection="x-hop", x_hop="1"
    )
    comparer.comes_to(same=1)
    for version in (comparer.old, comparer.new):
        (asked,) = version.asked
        assert (asked.method, asked.path, asked.body) == ("POST", "/v2/models/fraud/infer?x=%20y", b'{"a": 1}')
        assert asked.headers["x-shadow-of"] == "r1"
        assert asked.headers["authorization"] == "Bearer x"
        assert asked.headers["host"] == version.url.removeprefix("http://")
        assert asked.headers["accept-encoding"] == "identity"
        assert "x-hop" not in asked.headers
    told = comparer.report()
    assert (told["old"], told["new"], told["compared"], told["differs"]) == ("3", "4", 1, 0)
    assert told["distance"]["max"] == pytest.approx(0.005)
    assert told["most_distant"][0]["request"] == "r1"


def test_what_differs_is_counted_and_told_without_what_was_said(start: Start) -> None:
    comparer = start(says({"predictions": [0.5], "of": "Ada"}, "3"), says({"predictions": [0.75], "of": "Ada"}, "4"))
    comparer.send(b'{"name": "Ada"}', x_request_id="r7")
    comparer.comes_to(different=1)
    labels = 'new_version="4",old_version="3"'
    metrics = comparer.metrics()
    assert metrics[f'shadow_answers_total{{{labels},outcome="different"}}'] == 1
    assert metrics[f'shadow_answers_total{{{labels},outcome="new_failed"}}'] == 0
    assert metrics[f'shadow_distance_bucket{{le="0.1",{labels}}}'] == 0
    assert metrics[f'shadow_distance_bucket{{le="0.25",{labels}}}'] == 1
    assert metrics[f'shadow_answer_seconds_count{{{labels},side="old"}}'] == 1
    assert metrics[f'shadow_answer_seconds_count{{{labels},side="new"}}'] == 1
    assert not [name for name in metrics if "_created" in name]
    assert comparer.report()["differs"] == 1
    assert "Ada" not in comparer.http.get("/report").text + comparer.http.get("/metrics").text + comparer.said()


def no_http(asked: Asked) -> None:
    asked.handler.wfile.write(b"no HTTP\r\n\r\n")
    asked.handler.close_connection = True


def test_failures_of_the_new_version_are_its_own(start: Start) -> None:
    comparer = start(says([1], "3"), says({"error": "x"}, "4", 500))
    comparer.send()
    comparer.comes_to(new_failed=1)
    comparer.new.behaviour = lambda asked: asked.handler.connection.shutdown(2)
    comparer.send()
    comparer.comes_to(new_failed=2)
    comparer.new.behaviour = no_http
    comparer.send()
    comparer.comes_to(new_failed=3)
    comparer.old.behaviour = says([1], "3", 503)
    comparer.send()
    comparer.comes_to(new_failed=3, both_failed=1)
    comparer.new.behaviour = says([1], "4")
    comparer.send()
    comparer.comes_to(new_failed=3, both_failed=1, old_failed=1)
    assert (comparer.report()["old"], comparer.report()["new"]) == ("3", "4")
    assert len(comparer.new.asked) == 5


def test_a_version_that_never_answered_is_unknown(start: Start) -> None:
    comparer = start(says([1], "3"), says([1], "4"))
    comparer.new.close()
    comparer.send()
    comparer.comes_to(new_failed=1)
    assert (comparer.report()["old"], comparer.report()["new"]) == ("3", "unknown")


def test_an_answer_without_its_version_is_unreadable(start: Start) -> None:
    comparer = start(says([1], "3"), says([1], None))
    comparer.send()
    comparer.comes_to(unreadable=1)
    comparer.new.behaviour = says([1], "no version of ours")
    comparer.send()
    comparer.comes_to(unreadable=2)


def slowly(asked: Asked) -> None:
    asked.handler.send_response(200)
    asked.handler.send_header("content-length", "100")
    asked.handler.end_headers()
    for _ in range(100):
        asked.handler.wfile.write(b"1")
        asked.handler.wfile.flush()
        time.sleep(0.1)


def test_a_slow_answer_is_a_failure_after_the_timeout_and_is_not_asked_for_again(start: Start) -> None:
    comparer = start(says([1], "3"), slowly, COMPARE_TIMEOUT_SECONDS="0.5")
    comparer.send()
    comparer.comes_to(new_failed=1)
    comparer.http.get("/nothing-here")
    comparer.comes_to(new_failed=2)
    assert len(comparer.new.asked) == 2


def test_a_get_on_a_connection_that_the_version_closes_is_not_sent_again(start: Start) -> None:
    comparer = start(says([1], "3"), says([1], "4"), COMPARE_WORKERS=1)
    for _ in range(5):
        comparer.http.get("/a")
    comparer.comes_to(same=5)
    comparer.new.behaviour = lambda asked: asked.handler.connection.shutdown(2)
    for _ in range(5):
        comparer.http.get("/a")
    comparer.comes_to(same=5, new_failed=5)
    assert len(comparer.new.asked) == 10


def endlessly(asked: Asked) -> None:
    asked.handler.send_response(200)
    asked.handler.send_header("x-model-version", "4")
    asked.handler.send_header("content-length", str(2**30))
    asked.handler.end_headers()
    for _ in range(2**14):
        asked.handler.wfile.write(b"1" * 2**16)


def test_an_answer_that_is_too_large_is_not_read(start: Start) -> None:
    comparer = start(says([1], "3"), endlessly)
    for _ in range(20):
        comparer.send()
    comparer.comes_to(unreadable=20)
    peak = next(
        line for line in Path(f"/proc/{comparer.process.pid}/status").read_text().splitlines() if line.startswith("VmHWM")
    )
    assert int(peak.split()[1]) < 200_000, peak


def test_large_and_deep_answers_are_compared(start: Start) -> None:
    comparer = start(says([1.0] * 100_000, "3"), says([*[1.0] * 99_999, 2.0], "4"))
    comparer.send()
    comparer.comes_to(different=1)
    comparer.old.behaviour, comparer.new.behaviour = says(b"[" * 500_000, "3"), says(b"[" * 400_000, "4")
    comparer.send()
    comparer.comes_to(different=2)
    comparer.old.behaviour, comparer.new.behaviour = says(b"\xff", "3"), says(b"\xff", "4")
    comparer.send(b"\xff\x00")
    comparer.comes_to(different=2, same=1)


def test_redirects_are_not_followed_and_cookies_not_kept(start: Start) -> None:
    def redirects(asked: Asked) -> None:
        asked.answer([1], "4", 302, location="/elsewhere", set_cookie="of=somebody")

    comparer = start(says([1], "3"), redirects)
    for number in (1, 2):
        comparer.send()
        comparer.comes_to(different=number)
    assert [asked.path for asked in comparer.new.asked] == ["/invocations"] * 2
    assert not [asked for asked in comparer.new.asked if "cookie" in asked.headers]


def test_where_both_are_the_same_version_one_request_a_second_asks_whether_a_release_has_begun(start: Start) -> None:
    comparer = start(says([1], "3"), says([1], "3"))
    comparer.send()
    comparer.wait(lambda: comparer.dropped("same_version") == 1)
    began = time.monotonic()
    for _ in range(50):
        comparer.send()
        time.sleep(0.05)
    seconds = time.monotonic() - began
    comparer.wait(lambda: comparer.dropped("same_version") == 51)
    assert comparer.outcomes() == {}
    assert 1 <= len(comparer.old.asked) <= seconds + 2
    assert len(comparer.old.asked) == len(comparer.new.asked)

    # Nobody answers a probe: that is no release either.
    asked = len(comparer.new.asked)
    comparer.new.behaviour = says([1], None, 503)
    comparer.send_until(lambda: len(comparer.new.asked) > asked)
    assert comparer.outcomes() == {}

    comparer.new.behaviour = says([1], "4")
    comparer.send_until(lambda: bool(comparer.outcomes()))
    compared = comparer.report()["compared"]
    for _ in range(20):
        comparer.send()
    comparer.wait(lambda: bool(comparer.report()["compared"] >= compared + 20))

    # Its end: the report of what was compared stays.
    comparer.old.behaviour = says([1], "4")
    dropped = comparer.dropped("same_version")
    comparer.send_until(lambda: comparer.dropped("same_version") > dropped + 1)
    assert (comparer.report()["old"], comparer.report()["new"]) == ("3", "4")
    compared = comparer.report()["compared"]
    assert compared > 20

    # The same release again: what the first one found is not its own, and counters go on.
    comparer.old.behaviour = says([1], "3")
    comparer.send_until(lambda: bool(comparer.report()["compared"] < compared))
    counted = 'shadow_answers_total{new_version="4",old_version="3",outcome="same"}'
    assert comparer.metrics()[counted] > compared


def test_new_pods_behind_the_same_address_are_found_while_connections_are_kept(start: Start) -> None:
    """A Service leads only new connections to its new pods; here a connection goes on with the version that it began with."""
    began: dict[int, str] = {}
    serves = ["3"]

    def sticky(asked: Asked) -> None:
        asked.answer([1], began.setdefault(id(asked.handler), serves[0]))

    comparer = start(says([1], "2"), sticky)
    comparer.send()
    comparer.comes_to(same=1)
    serves[0] = "4"
    comparer.send_until(lambda: comparer.report()["new"] == "4")
    comparer.http.get("/ping")


def test_a_full_queue_drops_and_answers_at_once(start: Start) -> None:
    comparer = start(slowly, slowly, COMPARE_QUEUE=2, COMPARE_WORKERS=1, COMPARE_TIMEOUT_SECONDS=60)
    began = time.monotonic()
    for _ in range(10):
        comparer.send()
    assert time.monotonic() - began < 10
    assert comparer.dropped("queue_full") in (7, 8)
    comparer.old.behaviour = comparer.new.behaviour = says([1], "3")


def test_a_request_that_is_too_large_is_dropped(start: Start) -> None:
    comparer = start(says([1], "3"), says([1], "4"), COMPARE_MAX_BODY_BYTES=2000)
    comparer.send(b"x" * 2001)
    chunks = (b"x" * 500 for _ in range(10))
    assert comparer.http.post("/invocations", content=chunks).status_code == 202
    comparer.send(b"x" * 2000)
    comparer.comes_to(same=1)
    assert comparer.dropped("too_large") == 2
    assert len(comparer.old.asked) == 1


def test_the_memory_of_a_request_is_given_back(start: Start) -> None:
    """All requests together may take 16 times the largest body, at the same time."""
    comparer = start(says([1], "3"), says([1], "4"), COMPARE_MAX_BODY_BYTES=2000)
    for number in range(1, 41):
        comparer.send(b"x" * 1900)
        chunks = (b"x" * 1000 for _ in range(3))
        comparer.http.post("/invocations", content=chunks, headers={"x": "x" * 1900})
        comparer.comes_to(same=number)
    assert (comparer.dropped("too_large"), comparer.dropped("queue_full")) == (40, 0)


def test_its_own_paths(start: Start) -> None:
    comparer = start(says([1], "3"), says([1], "4"))
    assert comparer.report() == {
        "old": None,
        "new": None,
        "since": comparer.report()["since"],
        "compared": 0,
        "outcomes": dict.fromkeys(["same", "different", "new_failed", "old_failed", "both_failed", "unreadable"], 0),
        "differs": None,
        "distance": {"p50": None, "p99": None, "max": None},
        "latency_ms": {side: {"p50": None, "p99": None} for side in ("old", "new")},
        "most_distant": [],
    }
    assert {f'shadow_dropped_total{{reason="{reason}"}}' for reason in ("queue_full", "too_large", "same_version")} == {
        *comparer.metrics()
    }
    assert comparer.http.head("/report").status_code == 200
    assert comparer.http.post("/report").status_code == 405
    assert comparer.http.get("/metrics").headers["content-type"].startswith("text/plain")
    assert comparer.old.asked == []


def test_the_end_finishes_what_is_compared_and_forgets_what_waits(start: Start) -> None:
    def after_a_while(asked: Asked) -> None:
        time.sleep(1)
        asked.answer([1], "3")

    comparer = start(after_a_while, after_a_while, COMPARE_WORKERS=1)
    for _ in range(5):
        comparer.send()
    comparer.wait(lambda: len(comparer.old.asked) == 1)
    comparer.process.send_signal(signal.SIGTERM)
    assert comparer.process.wait(20) == 0
    assert len(comparer.old.asked) == 1


def test_the_end_does_not_wait_for_ever(start: Start) -> None:
    comparer = start(slowly, slowly, COMPARE_TIMEOUT_SECONDS=60)
    comparer.send()
    comparer.wait(lambda: len(comparer.old.asked) == 1)
    began = time.monotonic()
    comparer.process.send_signal(signal.SIGTERM)
    assert comparer.process.wait(30) == 0
    assert time.monotonic() - began < 9
