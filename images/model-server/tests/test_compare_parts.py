"""The parts that count and remember: their sizes are bounded, and a release is told from none."""

import asyncio
from typing import Any

import orjson
import pytest
from prometheus_client.parser import text_string_to_metric_families

from compare_answers.judge import OUTCOMES, Answer, Verdict
from compare_answers.metrics import Metrics
from compare_answers.pairs import KEPT, Pairs
from compare_answers.release import Release
from compare_answers.report import LATEST, MOST_DISTANT, Report
from compare_answers.requests import mirrored
from compare_answers.settings import Settings, read_settings
from compare_answers.waiting import Dropped, Waiting
from model_server.errors import StartError

URLS = {"COMPARE_OLD": "http://old:8080", "COMPARE_NEW": "http://new:8080"}
ANSWERS = (Answer(200, "3", b"", 0.010), Answer(200, "4", b"", 0.020))


def test_the_settings_and_their_defaults() -> None:
    assert read_settings(URLS) == Settings("http://old:8080", "http://new:8080")
    more = {"COMPARE_OLD": "http://[::1]:80/", "COMPARE_TOLERANCE": "1e-3", "COMPARE_TIMEOUT_SECONDS": "0.5"}
    settings = read_settings(URLS | more)
    assert (settings.old, settings.tolerance, settings.timeout_seconds) == ("http://[::1]:80", 0.001, 0.5)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"COMPARE_OLD": ""}, "COMPARE_OLD must be a base URL such as http://fraud:8080, got nothing"),
        ({"COMPARE_NEW": "https://new"}, "got 'https://new'"),
        ({"COMPARE_NEW": "http://new/path"}, "COMPARE_NEW"),
        ({"COMPARE_NEW": "http://a@new"}, "COMPARE_NEW"),
        ({"COMPARE_NEW": "http://new:70000"}, "COMPARE_NEW"),
        ({"COMPARE_NEW": "http://old:8080/"}, "COMPARE_NEW must be another URL than COMPARE_OLD"),
        ({"COMPARE_PORT": "0"}, "COMPARE_PORT must be a whole number from 1 to 65535, got '0'"),
        ({"COMPARE_PORT": "8080.5"}, "COMPARE_PORT"),
        ({"COMPARE_HOST": "a b"}, "COMPARE_HOST"),
        ({"COMPARE_TOLERANCE": "-1"}, "COMPARE_TOLERANCE must be a number from 0 to 1e+12, got '-1'"),
        ({"COMPARE_TOLERANCE": "nan"}, "'nan'"),
        ({"COMPARE_TOLERANCE": "inf"}, "'inf'"),
        ({"COMPARE_TOLERANCE": "1e999"}, "'1e999'"),
        ({"COMPARE_TIMEOUT_SECONDS": "0"}, "COMPARE_TIMEOUT_SECONDS"),
        ({"COMPARE_QUEUE": "many"}, "COMPARE_QUEUE"),
        ({"COMPARE_WORKERS": "0"}, "COMPARE_WORKERS"),
        ({"COMPARE_MAX_BODY_BYTES": "1MB"}, "COMPARE_MAX_BODY_BYTES"),
    ],
)
def test_a_wrong_variable(more: dict[str, str], words: str) -> None:
    with pytest.raises(StartError) as raised:
        read_settings(URLS | more)
    assert words in str(raised.value)
    assert raised.value.exit_code == 2


def test_a_release_is_asked_for_once_a_second_until_two_versions_answer() -> None:
    release = Release()
    assert release.may_ask(10)
    assert release.may_ask(10.1)
    assert not release.saw("3", "3")
    assert not release.is_wanted(10.2)
    assert not release.may_ask(10.2)
    assert release.may_ask(11.2)
    assert not release.may_ask(11.3)
    assert not release.saw("3", None)
    assert not release.may_ask(11.4)
    assert release.may_ask(12.3)
    assert release.saw("3", "4")
    assert not release.saw("3", "4")
    assert release.may_ask(12.4)
    assert release.may_ask(12.5)


def series(metrics: Metrics) -> dict[str, float]:
    families = text_string_to_metric_families(metrics.text().decode())
    samples = [sample for family in families for sample in family.samples if sample.name.startswith("shadow_")]
    return {sample.name + str(sorted(sample.labels.items())): sample.value for sample in samples}


def test_a_pair_begins_with_all_its_series_at_zero_and_few_pairs_are_kept() -> None:
    metrics = Metrics()
    pairs = Pairs(metrics)
    assert pairs.told()["old"] is None
    pairs.report(("1", "2"))
    first = series(metrics)
    assert set(first.values()) == {0}
    assert len([name for name in first if name.startswith("shadow_answers_total")]) == len(OUTCOMES)
    for new in range(1000):
        pairs.report(("1", str(new))).add("", Verdict("same", 0.0), ANSWERS)
        metrics.compared(("1", str(new)), Verdict("same", 0.0), ANSWERS)
    assert len(series(metrics)) < len(first) * KEPT
    assert pairs.present == ("1", "999")
    assert not [name for name in series(metrics) if "'new_version', '2')" in name]
    # A late answer of a pair that is kept takes nothing from the new one.
    pairs.report(("1", "998"))
    assert pairs.report(("1", "999")).told()["compared"] == 1


def test_a_new_release_of_the_same_pair_has_a_new_report_and_the_same_counters() -> None:
    metrics = Metrics()
    pairs = Pairs(metrics)
    pairs.report(("3", "4")).add("", Verdict("different", 1.0), ANSWERS)
    metrics.compared(("3", "4"), Verdict("different", 1.0), ANSWERS)
    pairs.begin(("3", "4"))
    assert pairs.told()["compared"] == 0
    assert sum(value for name, value in series(metrics).items() if name.startswith("shadow_answers_total")) == 1


def test_the_report_of_many_comparisons() -> None:
    report = Report("3", "4")
    for number in range(10_000):
        verdict = Verdict("different" if number % 10 == 0 else "same", float(number))
        report.add(f"r{number}", verdict, ANSWERS)
    report.add("failed", Verdict("new_failed"), (ANSWERS[0], None))
    told = orjson.loads(orjson.dumps(report.told()))
    assert (told["old"], told["new"], told["compared"], told["differs"]) == ("3", "4", 10_001, 0.1)
    assert told["outcomes"]["new_failed"] == 1
    assert told["distance"] == {"p50": 10_000 - LATEST / 2 - 1, "p99": 9979, "max": 9999}
    assert told["latency_ms"] == {"old": {"p50": 10, "p99": 10}, "new": {"p50": 20, "p99": 20}}
    assert told["since"].endswith("+00:00")
    distant = told["most_distant"]
    assert [entry["request"] for entry in distant] == [f"r{number}" for number in range(9999, 9999 - MOST_DISTANT, -1)]
    assert distant[0] == {"request": "r9999", "distance": 9999, "old_ms": 10, "new_ms": 20}


def test_another_shape_is_the_most_distant_and_equal_answers_are_not_listed() -> None:
    report = Report("3", "4")
    report.add("equal", Verdict("same", 0.0), ANSWERS)
    report.add("far", Verdict("different", 1e300), ANSWERS)
    report.add("shape", Verdict("different"), ANSWERS)
    assert [entry["request"] for entry in report.told()["most_distant"]] == ["shape", "far"]


def scope(path: bytes = b"/invocations", query: bytes = b"", headers: list[tuple[bytes, bytes]] | None = None) -> dict[str, Any]:
    return {"method": "POST", "raw_path": path, "query_string": query, "headers": headers or []}


def test_what_is_sent_on() -> None:
    headers = [
        (b"host", b"fraud"),
        (b"content-length", b"2"),
        (b"connection", b"close, X-Hop"),
        (b"x-hop", b"1"),
        (b"accept-encoding", b"gzip"),
        (b"x-shadow-of", b"forged"),
        (b"x-request-id", b"a\xffb " + b"c" * 1000),
        (b"authorization", b"Bearer x"),
    ]
    request = mirrored(scope(b"/v2/%2e", b"a=1&b=\xff", headers), b"{}", 7)
    assert request.target == "/v2/%2e?a=1&b=%FF"
    assert (request.method, request.body, request.size, request.id) == ("POST", b"{}", 7, "ab" + "c" * 126)
    assert [name for name, _ in request.headers] == ["x-request-id", "authorization", "accept-encoding", "x-shadow-of"]
    assert dict(request.headers)["x-shadow-of"] == request.id
    assert mirrored(scope(b"@evil/"), b"", 0).target == "/@evil/"


def test_what_waits_is_bounded_by_number_and_by_bytes() -> None:
    async def check() -> None:
        waiting = Waiting(Settings("", "", queue=2, body_bytes=1000))
        request = mirrored(scope(), b"", 0)
        waiting.put(request)
        waiting.put(request)
        with pytest.raises(Dropped, match="queue_full"):
            waiting.put(request)
        waiting.reserve(16_000)
        with pytest.raises(Dropped, match="queue_full"):
            waiting.reserve(1)
        waiting.free(1)
        waiting.reserve(1)
        waiting.end(3)
        assert [await waiting.get() for _ in range(3)] == [None] * 3

    asyncio.run(check())
