"""Reads the shards of a stream that are this pod's, writes what became of their records, and then their positions."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from model_server.errors import one_line

from ..errors import StreamFailed
from ..lag import Lag
from ..records import Outcome, Record
from ..settings import KinesisSettings, Settings
from .leases import END, Leases, Run
from .output import Output
from .shards import READ_SECONDS, Shard

LIST_SECONDS = 10.0
"""Time between two looks at which shards there are. A shard that ends is a reason to look at once."""
BATCH_BYTES = 16 * 1024 * 1024
"""A batch ends with the record that makes it this large."""


class Kinesis:
    """See `Connection`. Shard `n` belongs to the pod with the number `n % STREAM_PODS`. It is begun when its parents are done."""

    def __init__(
        self,
        settings: Settings,
        source: KinesisSettings,
        run: Run,
        lag: Lag,
        say: Callable[[str], None],
        stopped: threading.Event,
    ) -> None:
        self._source = source
        self._lag = lag
        self._say = say
        self._stopped = stopped
        self._lease_seconds = settings.lease_seconds
        self._number = int(settings.pod.rpartition("-")[2])
        try:
            self._kinesis = _client("kinesis", source.input)
            self._leases = Leases(_client("dynamodb", source.input), source.table, run, settings.lease_seconds)
        except (BotoCoreError, ValueError) as error:
            raise StreamFailed(f"the clients of AWS cannot be made: {one_line(error)}") from error
        self._good = Output(self._kinesis, source.output, stopped)
        self._dead = Output(self._kinesis, source.dead_letters, stopped)
        self._shards: dict[str, Shard] = {}
        self._listed = -LIST_SECONDS

    def poll(self, most: int, seconds: float) -> list[Record]:
        """See `Connection.poll`. All that was given out before is committed, or belongs to others."""
        self._finish()
        if time.monotonic() >= self._listed + LIST_SECONDS:
            self._look()
        self._renew()
        found: list[Record] = []
        room = BATCH_BYTES
        for name in list(self._shards):
            # Who comes first this time is last the next time.
            shard = self._shards[name] = self._shards.pop(name)
            records = shard.next(most - len(found), room) if len(found) < most and room > 0 else []
            room -= sum(len(record.value) for record in records)
            found += records
        if not found:
            self._stopped.wait(max(seconds, READ_SECONDS))
        return found

    def commit(self, outcomes: Sequence[Outcome]) -> None:
        """See `Connection.commit`."""
        self._good.write([each for each in outcomes if each.reason is None])
        self._dead.write([each for each in outcomes if each.reason is not None])
        reached = {each.record.partition: each.record.offset for each in outcomes}
        for name, position in reached.items():
            if name in self._shards:
                self._keep(name, position)
        for each in outcomes:
            if each.record.partition in self._shards:
                self._lag.committed(each.record.partition, each.record.at)

    def close(self) -> None:
        """See `Connection.close`."""
        for name in self._shards:
            try:
                self._leases.give(name)
            except StreamFailed as failed:
                self._say(f"{failed}; others take {name} after {self._lease_seconds} s")
                break
        self._shards = {}
        self._lag.forget_all()

    def _keep(self, name: str, position: str | None = None) -> None:
        if self._leases.keep(name, position):
            self._shards[name].renewed = time.monotonic()
            return
        self._say(f"{name} is somebody else's now")
        self._forget(name)

    def _forget(self, name: str) -> None:
        del self._shards[name]
        self._lag.forget(name)

    def _renew(self) -> None:
        for name, shard in list(self._shards.items()):
            if time.monotonic() > shard.renewed + self._lease_seconds / 3:
                self._keep(name)

    def _finish(self) -> None:
        """Shards that were closed by a resharding and have no more records: their children may begin."""
        for name in [name for name, shard in self._shards.items() if shard.is_done]:
            self._keep(name, END)
            if name in self._shards:
                self._forget(name)
            self._listed = -LIST_SECONDS

    def _look(self) -> None:
        listed = self._list()
        self._listed = time.monotonic()
        names: set[str] = {each["ShardId"] for each in listed}
        for each in listed:
            name = each["ShardId"]
            parents = names & {each.get("ParentShardId"), each.get("AdjacentParentShardId")}
            if name in self._shards or number_of(name) % self._source.pods != self._number or self._leases.is_done(name):
                continue
            if not all(self._leases.is_done(parent) for parent in parents):
                continue
            position = self._leases.take(name)
            if position is not None:
                self._shards[name] = Shard(self._kinesis, self._source.input, name, position, self._lag)
                self._lag.seen(name)

    def _list(self) -> list[dict[str, Any]]:
        try:
            pages = self._kinesis.get_paginator("list_shards").paginate(StreamARN=self._source.input)
            found = [shard for page in pages for shard in page["Shards"]]
        except (BotoCoreError, ClientError) as error:
            raise StreamFailed(f"Kinesis does not let us list the shards of {self._source.input}: {one_line(error)}") from error
        self._lag.answered()
        return found


def number_of(shard: str) -> int:
    """The number of a shard: Kinesis numbers the shards of a stream as they are made, as in `shardId-000000000012`."""
    return int(shard.rpartition("-")[2])


def _client(service: str, arn: str) -> Any:
    config = Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=5, read_timeout=20)
    return boto3.client(service, region_name=arn.split(":")[3], config=config)
