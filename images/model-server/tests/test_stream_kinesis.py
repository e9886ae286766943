"""Streams of Kinesis (moto): whatever is killed or resharded, each row has its prediction in order, once repeats are dropped."""

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

import boto3
import pytest

from .pods import Pods
from .process import PROJECT
from .stream import Pod, Written, check_complete, deduplicated, end_all, pod_variables, row, until

pytestmark = pytest.mark.slow

AWS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "eu-west-1"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.kinesis_server"]
    server = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    yield server.stdout.readline().strip()
    server.kill()
    server.wait(20)


@pytest.fixture(scope="module")
def pods(models: Path) -> Iterator[Pods]:
    pods = Pods(models / "picky")
    yield pods
    pods.close()


@dataclass
class Stream:
    """Three streams of a test with their table, and pods that predict for the first one."""

    url: str
    pods: Pods
    model: Path
    folder: Path
    started: list[Pod] = field(default_factory=list)
    sent: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        def client(service: str) -> Any:
            return boto3.client(
                service, endpoint_url=self.url, region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
            )

        self.kinesis, self.dynamodb = client("kinesis"), client("dynamodb")
        name = uuid.uuid4().hex[:8]
        self.input, self.output, self.dead = (self._create(f"{name}-{each}", 4) for each in ("in", "out", "dead"))
        self.table = f"{name}-positions"
        self.dynamodb.create_table(
            TableName=self.table,
            AttributeDefinitions=[{"AttributeName": "shard", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "shard", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def _create(self, name: str, shards: int) -> str:
        self.kinesis.create_stream(StreamName=name, ShardCount=shards)
        until(
            lambda: self.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamStatus"] == "ACTIVE",
            str,
        )
        arn: str = self.kinesis.describe_stream_summary(StreamName=name)["StreamDescriptionSummary"]["StreamARN"]
        return arn

    def pod(self, number: int = 0, pods: int = 1, **more: Any) -> Pod:
        own = {
            **AWS,
            "AWS_ENDPOINT_URL": self.url,
            "STREAM_KIND": "kinesis",
            "STREAM_INPUT": self.input,
            "STREAM_OUTPUT": self.output,
            "STREAM_DEAD_LETTERS": self.dead,
            "STREAM_TABLE": self.table,
            "STREAM_PODS": pods,
        }
        pod = Pod(self.pods, pod_variables(self.model, self.folder, number, **own, **more), self.folder / f"pod-{number}.log")
        self.started.append(pod)
        return pod

    def send(self, rows: int, keys: int = 12) -> None:
        for _ in range(rows):
            key = str(random.randrange(keys))
            # One after the other: a request of many has no order.
            self.put(key, row(int(key), len(self.sent[key])))
            self.sent[key].append(len(self.sent[key]))

    def put(self, key: str, value: bytes) -> None:
        self.kinesis.put_record(StreamARN=self.input, PartitionKey=key, Data=value)

    def read(self, arn: str) -> list[Written]:
        found = []
        for shard in self.kinesis.list_shards(StreamARN=arn)["Shards"]:
            name = arn.rpartition("/")[2]
            iterator = self.kinesis.get_shard_iterator(
                StreamName=name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )
            answer = self.kinesis.get_records(ShardIterator=iterator["ShardIterator"], Limit=10_000)
            found += [Written(each["PartitionKey"], json.loads(each["Data"])) for each in answer["Records"]]
        return found

    def wait(self, poison: int = 0, seconds: float = 180) -> tuple[list[Written], list[Written]]:
        """Wait for all predictions, and check them as a consumer sees them who drops ids that it has seen."""
        rows = sum(map(len, self.sent.values()))
        good: list[Written] = []
        dead: list[Written] = []

        def is_there() -> bool:
            good[:], dead[:] = deduplicated(self.read(self.output)), deduplicated(self.read(self.dead))
            return len(good) >= rows and len(dead) >= poison

        until(is_there, lambda: (len(good), rows, dead, [pod.said()[-2000:] for pod in self.started]), seconds)
        check_complete(good, dead, self.sent, poison)
        for pod in self.started:
            assert "Traceback" not in pod.said()
        return good, dead

    def positions(self) -> dict[str, dict[str, str]]:
        items = self.dynamodb.scan(TableName=self.table, ConsistentRead=True)["Items"]
        return {item["shard"]["S"]: {name: next(iter(value.values())) for name, value in item.items()} for item in items}


@pytest.fixture
def stream(url: str, pods: Pods, models: Path, tmp_path: Path) -> Iterator[Stream]:
    stream = Stream(url, pods, models / "picky", tmp_path)
    yield stream
    end_all(stream.started)


def test_it_predicts_tells_poison_apart_and_gives_its_leases_back(stream: Stream) -> None:
    stream.send(60)
    for value in (b"{", b"[1]", b'{"value": -5}', b"\xf3\x89\x9a\xc2 x"):
        stream.put("x", value)
    pod = stream.pod().start()
    _, dead = stream.wait(poison=4)
    assert sorted(each.told["reason"] for each in dead) == ["model", "not_json", "not_json", "schema"]
    assert {each.told["stream"] for each in dead} == {stream.input.rpartition("/")[2]}
    assert len(stream.read(stream.output)) == 60, "nothing is written twice where nothing fails"
    assert pod.metric("stream_rows_total") == 60
    assert pod.metric("stream_lag_seconds") < 5
    assert pod.end() == 0
    assert {item["run"] for item in stream.positions().values()} == {""}


def test_kills_at_random_moments_while_rows_flow(stream: Stream) -> None:
    chance = random.Random(11)
    pods = [stream.pod(number, pods=2).start() for number in range(2)]
    for turn in range(20):
        stream.send(20)
        time.sleep(chance.random())
        pod = pods[turn % 2]
        assert pod.end(signal.SIGKILL) == -signal.SIGKILL
        pod.start()
    stream.wait()
    assert [pod.end() for pod in pods] == [0, 0]


def test_resharding_and_another_number_of_pods_neither_lose_nor_reorder(stream: Stream) -> None:
    pods = [stream.pod(0, pods=1).start()]
    stream.send(60)
    first = stream.kinesis.list_shards(StreamARN=stream.input)["Shards"][0]
    low, high = (int(first["HashKeyRange"][each]) for each in ("StartingHashKey", "EndingHashKey"))
    stream.kinesis.split_shard(StreamARN=stream.input, ShardToSplit=first["ShardId"], NewStartingHashKey=str((low + high) // 2))
    stream.send(60)
    # Both numbers of pods are there for a while, as in a rolling update.
    pods += [stream.pod(number, pods=3).start() for number in (1, 2)]
    stream.send(60)
    assert pods[0].end() == 0
    pods[0] = stream.pod(0, pods=3).start()
    open_ = [each for each in stream.kinesis.list_shards(StreamARN=stream.input)["Shards"] if _is_open(each)]
    stream.kinesis.merge_shards(
        StreamARN=stream.input, ShardToMerge=open_[-2]["ShardId"], AdjacentShardToMerge=open_[-1]["ShardId"]
    )
    stream.send(60)
    stream.wait()
    until(lambda: [each["position"] for each in stream.positions().values()].count("END") == 3, stream.positions)
    assert len(stream.positions()) == 7
    assert [pod.end() for pod in pods] == [0, 0, 0]


def _is_open(shard: dict[str, Any]) -> bool:
    return "EndingSequenceNumber" not in shard["SequenceNumberRange"]


def test_who_lost_its_lease_writes_no_position(stream: Stream) -> None:
    from stream_predict.kinesis.leases import Leases, Run

    first, second = (Leases(stream.dynamodb, stream.table, Run(pod), 0.3) for pod in ("a-0", "b-0"))
    assert first.take("shard-1") == ""
    assert second.take("shard-1") is None
    assert first.keep("shard-1", "7")
    time.sleep(0.4)
    assert second.take("shard-1") is None, "it was renewed since it was seen"
    time.sleep(0.4)
    assert second.take("shard-1") == "7"
    assert not first.keep("shard-1", "9")
    assert not first.keep("shard-1")
    first.give("shard-1")
    assert second.keep("shard-1", "8")
    assert Leases(stream.dynamodb, stream.table, Run("b-0"), 60).take("shard-1") == "8", "the pod's own process before is gone"
    assert not second.keep("shard-1")


class Refuses:
    """A client that refuses some of what is written, as a stream does that gets too much."""

    def __init__(self, real: Any, chance: random.Random) -> None:
        self.real, self.chance, self.refused = real, chance, 0

    def put_records(self, StreamARN: str, Records: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        keys = [record["PartitionKey"] for record in Records]
        assert len(set(keys)) == len(keys) <= 500
        answers: list[dict[str, str]] = []
        for record in Records:
            if self.chance.random() < 0.3:
                self.refused += 1
                answers.append({"ErrorCode": "ProvisionedThroughputExceededException", "ErrorMessage": "slow"})
            else:
                self.real.put_record(StreamARN=StreamARN, **record)
                answers.append({"SequenceNumber": "1", "ShardId": "1"})
        return {"Records": answers}


def test_records_that_are_refused_do_not_change_the_order_of_a_key(stream: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from stream_predict.errors import StreamFailed
    from stream_predict.kinesis import output
    from stream_predict.records import Outcome, Record

    monkeypatch.setattr(output, "TRIES", 100)
    client = Refuses(stream.kinesis, random.Random(3))
    stopped = threading.Event()
    monkeypatch.setattr(stopped, "wait", lambda _: False)
    outcomes = [
        Outcome(Record("s", "p", str(index), str(index % 7).encode(), b"", 0), json.dumps({"number": index}).encode())
        for index in range(100)
    ]
    output.Output(client, stream.output, stopped).write(outcomes)
    found = defaultdict(list)
    for each in stream.read(stream.output):
        found[each.key].append(each.told["number"])
    assert found == {str(key): list(range(key, 100, 7)) for key in range(7)}
    assert client.refused > 10
    client.chance = random.Random()
    monkeypatch.setattr(client.chance, "random", lambda: 0.0)
    with pytest.raises(StreamFailed, match=r"refuses 7 records for .*ProvisionedThroughput"):
        output.Output(client, stream.output, stopped).write(outcomes)


def test_an_output_that_is_missing_is_waited_for(stream: Stream) -> None:
    output = stream.output
    stream.output = f"{output}-later"
    pod = stream.pod().start()
    stream.send(20)
    until(lambda: "tried again" in pod.said(), pod.said)
    assert stream._create(stream.output.rpartition("/")[2], 2) == stream.output
    stream.wait()
    assert pod.end() == 0
