"""Streams of a real Kafka: whatever is killed, each row has exactly one prediction for a reader of what is committed."""

import json
import random
import signal
import subprocess
import sys
import time
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from stream_predict.lag import SOURCE

from .broker import Broker
from .pods import Pods
from .stream import Pod, Written, check_complete, end_all, pod_variables, row, until

pytestmark = pytest.mark.slow

PARTITIONS = 3


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    broker = Broker(tmp_path_factory.mktemp("kafka"))
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def pods(models: Path) -> Iterator[Pods]:
    pods = Pods(models / "picky")
    yield pods
    pods.close()


@dataclass
class Stream:
    """Three topics of a test, and pods that predict for the first one."""

    broker: Broker
    pods: Pods
    model: Path
    folder: Path
    started: list[Pod] = field(default_factory=list)
    sent: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        name = uuid.uuid4().hex[:8]
        self.input, self.output, self.dead = (f"{name}-{each}" for each in ("in", "out", "dead"))
        self.client: dict[str, Any] = {
            "bootstrap.servers": self.broker.bootstrap,
            "security.protocol": "SSL",
            "ssl.ca.location": str(self.broker.authority),
        }
        admin = AdminClient(self.client)
        for future in admin.create_topics([NewTopic(each, PARTITIONS) for each in (self.input, self.output, self.dead)]).values():
            future.result(30)
        self.producer = Producer(self.client)

    def pod(self, number: int = 0, **more: Any) -> Pod:
        own = {
            "STREAM_KIND": "kafka",
            "STREAM_BOOTSTRAP": self.broker.bootstrap,
            "STREAM_CA": self.broker.authority,
            "STREAM_SIGN_IN": "none",
            "STREAM_GROUP": f"group-{self.input}",
            "STREAM_INPUT": self.input,
            "STREAM_OUTPUT": self.output,
            "STREAM_DEAD_LETTERS": self.dead,
        }
        pod = Pod(self.pods, pod_variables(self.model, self.folder, number, **own, **more), self.folder / f"pod-{number}.log")
        self.started.append(pod)
        return pod

    def send(self, rows: int, keys: int = 7) -> None:
        for _ in range(rows):
            key = random.randrange(keys)
            self.put(str(key), row(key, len(self.sent[str(key)])))
            self.sent[str(key)].append(len(self.sent[str(key)]))
        self.producer.flush(30)

    def put(self, key: str | None, value: bytes | None) -> None:
        self.producer.produce(self.input, value, key, on_delivery=_delivered)
        self.producer.poll(0)

    def read(self, topic: str) -> list[Written]:
        """What is committed, in the order of each partition."""
        consumer = Consumer(
            {**self.client, "group.id": uuid.uuid4().hex, "isolation.level": "read_committed", "enable.partition.eof": True}
        )
        consumer.assign([TopicPartition(topic, partition, 0) for partition in range(PARTITIONS)])
        found: list[Written] = []
        ended: set[int] = set()
        ends = time.monotonic() + 30
        while len(ended) < PARTITIONS and time.monotonic() < ends:
            message = consumer.poll(1)
            if message is None:
                continue
            if message.error():
                ended.add(message.partition() or 0)
            else:
                found.append(Written((message.key() or b"").decode(), json.loads(message.value() or b"")))
        consumer.close()
        return found

    def wait(self, poison: int = 0, seconds: float = 120) -> tuple[list[Written], list[Written]]:
        """Wait for all predictions, and check them."""
        rows = sum(map(len, self.sent.values()))
        good: list[Written] = []

        def is_there() -> bool:
            good[:] = self.read(self.output)
            return len(good) >= rows and len(self.read(self.dead)) >= poison

        until(is_there, lambda: (len(good), rows, self.read(self.dead), [pod.said()[-2000:] for pod in self.started]), seconds)
        dead = self.read(self.dead)
        check_complete(good, dead, self.sent, poison)
        for pod in self.started:
            assert "Traceback" not in pod.said()
        return good, dead


def _delivered(error: Any, _: Any) -> None:
    assert error is None, error


@pytest.fixture
def stream(broker: Broker, pods: Pods, models: Path, tmp_path: Path) -> Iterator[Stream]:
    stream = Stream(broker, pods, models / "picky", tmp_path)
    yield stream
    end_all(stream.started)


def test_it_predicts_and_leaves_at_a_signal(stream: Stream) -> None:
    stream.send(300)
    process = subprocess.Popen(
        [sys.executable, "-m", "stream_predict"], env=stream.pod().variables, stderr=subprocess.PIPE, text=True
    )
    good, _ = stream.wait()
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in said) == (0, False), said
    assert good[0].told.keys() == {"record_id", "key", "number", "prediction", "model_version", "predicted_at"}
    assert good[0].told["record_id"].startswith(f"{stream.input}/")


def test_what_cannot_be_predicted_is_a_dead_letter_and_blocks_nothing(stream: Stream) -> None:
    poison: list[tuple[str | None, bytes | None, str, str]] = [
        ("a", b"{", "not_json", "no JSON"),
        ("a", None, "not_json", "no JSON"),
        (None, b"\xf3\x89\x9a\xc2 x", "not_json", "KPL"),
        ("a", b"[1]", "schema", "must be an object"),
        ("a", b'{"number": 1}', "schema", "lacks the columns 'value'"),
        ("a", b'{"value": "x"}', "schema", "column 'value' is 'x'"),
        ("a", b'{"value": 1, "prediction": 1}', "schema", "has the field 'prediction'"),
        ("a", b'{"value": -5}', "model", "KeyError: 'below zero"),
        ("a", b'{"value": 0}', "model", "NaN"),
        ("a", b'{"value": 99}', "model", "answered 0 rows to 1"),
        ("a", b'{"value": -9}', "model", "ended the process"),
        ("a", b'{"value": 1, "text": "' + b"x" * 3000 + b'"}', "too_large", "at most 2000"),
        ("a", b'{"value": 1, "text": "' + b"x" * 1920 + b'"}', "too_large", "its prediction has"),
        ("k" * 1990, b'{"value": 1}', "too_large", "with its key"),
    ]
    pod = stream.pod(STREAM_MAX_BYTES=2000)
    stream.send(50)
    for index, (key, value, _, _) in enumerate(poison):
        stream.put(key, value)
        stream.send(index)
    pod.start()
    _, dead = stream.wait(len(poison))
    found = sorted((each.told["reason"], each.told["message"]) for each in dead)
    for _, _, reason, words in poison:
        assert any(each[0] == reason and words in each[1] for each in found), (reason, words, found)
    assert {each.told["stream"] for each in dead} == {stream.input}
    assert all(each.told["record_id"] == f"{each.told['stream']}/{each.told['partition']}/{each.told['offset']}" for each in dead)
    assert pod.metric("stream_dead_letters_total", reason="schema") == 4
    assert pod.metric("stream_rows_total", model="fraud", version="3") == sum(map(len, stream.sent.values()))
    assert pod.end() == 0


def test_kills_at_random_moments_while_rows_flow(stream: Stream) -> None:
    chance = random.Random(7)
    pod = stream.pod()
    for _ in range(20):
        pod.start()
        # It gets its partitions once the lease of the process before is over.
        ends = time.monotonic() + chance.random() * 6
        while time.monotonic() < ends:
            stream.send(5)
            time.sleep(0.1)
        assert pod.end(signal.SIGKILL) == -signal.SIGKILL
    pod.start()
    stream.wait()
    assert pod.end() == 0


def test_a_kill_at_each_step_of_a_commit(stream: Stream) -> None:
    """Before and after: the fence of the process before, all writes, the position, the commit, the whole."""
    pod = stream.pod(STREAM_WAIT_SECONDS="0.5")
    for step in range(1, 9):
        stream.send(2, keys=1)
        stream.put("0", b"poison")
        stream.producer.flush(30)
        pod.start(die_at=step)
        until(lambda: pod.pods.wait(pod.pid) == -signal.SIGKILL, pod.said)
    pod.start()
    _, dead = stream.wait(poison=8)
    assert {each.told["reason"] for each in dead} == {"not_json"}
    assert pod.end() == 0


def test_pods_that_come_and_go_divide_the_partitions(stream: Stream) -> None:
    first, second = stream.pod(0), stream.pod(1)
    first.start()
    for turn in range(4):
        stream.send(100)
        second.start()
        for _ in range(20):
            stream.send(20)
            time.sleep(0.05)
        assert second.end(signal.SIGKILL if turn % 2 else signal.SIGTERM) in (0, -signal.SIGKILL)
    second.start()
    stream.send(100)
    stream.wait()
    until(lambda: len(_partitions(second)) * len(_partitions(first)) > 0, lambda: (_partitions(first), _partitions(second)))
    assert len(_partitions(first) | _partitions(second)) == PARTITIONS
    assert (first.end(), second.end()) == (0, 0)


def _partitions(pod: Pod) -> set[str]:
    import httpx

    lines = httpx.get(f"http://127.0.0.1:{pod.port}/metrics").text.splitlines()
    found = {line.partition('partition="')[2].partition('"')[0] for line in lines if line.startswith("stream_lag_seconds{")}
    return found - {SOURCE}


@pytest.mark.parametrize("for_long", [False, True])
def test_a_broker_that_is_away_for_a_while(stream: Stream, for_long: bool) -> None:
    pod = stream.pod().start()
    stream.send(100)
    stream.wait()
    stream.broker.stop()
    try:
        until(lambda: pod.metric("stream_lag_seconds", partition="source") > 8, pod.said)
        until(lambda: not for_long or "has not answered for 30 s" in pod.said(), pod.said)
    finally:
        stream.broker.start()
    stream.send(200)
    stream.wait()
    until(lambda: pod.metric("stream_lag_seconds", partition="source") < 8, pod.said)
    assert pod.end() == 0


def test_an_output_that_is_missing_is_waited_for(stream: Stream) -> None:
    output = stream.output
    stream.output = f"{output}-later"
    pod = stream.pod().start()
    stream.send(50)
    until(lambda: "tried again" in pod.said(), pod.said)
    admin = AdminClient(stream.client)
    for future in admin.create_topics([NewTopic(stream.output, PARTITIONS)]).values():
        future.result(30)
    stream.wait()
    assert pod.end() == 0


def test_a_model_that_ends_its_process_or_never_answers_loses_only_that_row(stream: Stream, models: Path) -> None:
    stream.model = models / "deadly"
    pod = stream.pod(STREAM_PREDICT_SECONDS=1)
    for value in (-1, -2, -3):
        stream.send(30)
        stream.put("x", json.dumps({"value": value}).encode())
    stream.send(30)
    codes = []
    for _ in range(20):
        pod.start()
        until(lambda: pod.has_ended() or len(stream.read(stream.dead)) == 3, pod.said)
        if len(stream.read(stream.dead)) == 3:
            break
        codes.append(pod.pods.wait(pod.pid))
    assert set(codes) == {-signal.SIGKILL, 4}
    _, dead = stream.wait(poison=3)
    assert sorted(each.told["reason"] for each in dead) == ["crash", "crash", "model"]
    assert pod.end() == 0
