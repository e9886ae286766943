"""Reads one shard."""

import time
from collections import deque
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from model_server.errors import one_line

from ..errors import StreamFailed
from ..lag import Lag
from ..records import Record
from .leases import OLDEST

READ_SECONDS = 0.25
"""Time between two reads: Kinesis allows five a second (Kinesis developer guide, "Quotas and limits")."""


class Shard:
    """A shard that is ours, from a position on."""

    def __init__(self, client: Any, arn: str, name: str, position: str, lag: Lag) -> None:
        self._client = client
        self._arn = arn
        self._stream = arn.rpartition("/")[2]
        self.name = name
        self._position = position
        self._lag = lag
        self._iterator: str | None = None
        self._waiting: deque[Record] = deque()
        self._read_at = 0.0
        self._ended = False
        self.renewed = time.monotonic()
        """When the lease was renewed last."""

    @property
    def is_done(self) -> bool:
        """Whether it is closed and all of it was given out."""
        return self._ended and not self._waiting

    def next(self, most: int, most_bytes: int) -> list[Record]:
        """The next records; none where there are none or where it is too early to ask."""
        if not self._waiting and not self._ended and time.monotonic() >= self._read_at + READ_SECONDS:
            self._read(most)
        found: list[Record] = []
        while self._waiting and len(found) < most and most_bytes > 0:
            record = self._waiting.popleft()
            most_bytes -= len(record.value)
            self._lag.read(self.name, record.at)
            found.append(record)
        return found

    def _read(self, most: int) -> None:
        self._read_at = time.monotonic()
        try:
            iterator = self._iterator or self._begin()
            answer = self._client.get_records(ShardIterator=iterator, Limit=most, StreamARN=self._arn)
        except (BotoCoreError, ClientError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else ""
            if code == "ExpiredIteratorException":
                self._iterator = None
            elif code != "ProvisionedThroughputExceededException":
                raise StreamFailed(f"Kinesis does not let us read {self.name} of {self._arn}: {one_line(error)}") from error
            return
        self._iterator = answer.get("NextShardIterator")
        self._ended = self._iterator is None
        for each in answer["Records"]:
            self._position = each["SequenceNumber"]
            key, at = each["PartitionKey"].encode(), each["ApproximateArrivalTimestamp"].timestamp()
            self._waiting.append(Record(self._stream, self.name, self._position, key, each["Data"], at))
        if answer.get("MillisBehindLatest", 0) == 0 and not self._waiting:
            self._lag.ended(self.name)
        else:
            self._lag.seen(self.name)

    def _begin(self) -> str:
        place = (
            {"ShardIteratorType": "TRIM_HORIZON"}
            if self._position == OLDEST
            else {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": self._position}
        )
        # The name as well, which moto writes into the iterator.
        stream = {"StreamARN": self._arn, "StreamName": self._stream}
        iterator: str = self._client.get_shard_iterator(**stream, ShardId=self.name, **place)["ShardIterator"]
        return iterator
