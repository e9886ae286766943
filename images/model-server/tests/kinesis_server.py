"""moto's Kinesis and DynamoDB, whose shards end as those of Kinesis do. Run as a program, it prints its address.

moto moves the records of a shard that is split or merged, still writes to it, and never says that it has ended. In Kinesis the
records stay, new ones go to the children, and the last `GetRecords` has no `NextShardIterator`.
"""

import runpy
from collections import OrderedDict
from collections.abc import Callable
from hashlib import md5
from typing import Any

from moto.kinesis import models
from moto.kinesis.utils import decompose_shard_iterator

from .batch import MOTO

Stream: Any = models.Stream
Backend: Any = models.KinesisBackend


def keeping(real: Callable[..., None], shards: int) -> Callable[..., None]:
    """The same without a move of records. `shards`: how many of the arguments name one."""

    def changed(self: Any, *names: str) -> None:
        closed = [self.shards[name] for name in names[:shards]]
        kept = [shard.records for shard in closed]
        for shard in closed:
            shard.records = OrderedDict()
        real(self, *names)
        for shard, records in zip(closed, kept, strict=True):
            shard.records = records

    return changed


def open_shard(self: Any, partition_key: str, explicit_hash_key: str) -> Any:
    place = int(explicit_hash_key) if explicit_hash_key else int(md5(partition_key.encode()).hexdigest(), 16)
    return next(each for each in self.shards.values() if each.is_open and each.starting_hash <= place <= each.ending_hash)


def ending(real: Callable[..., tuple[str | None, list[Any], int]]) -> Callable[..., Any]:
    def get_records(self: Any, stream_arn: str | None, shard_iterator: str, limit: int | None) -> Any:
        following, records, behind = real(self, stream_arn, shard_iterator, limit)
        name, shard_id, last = decompose_shard_iterator(following or "")
        shard = self.describe_stream(stream_arn=stream_arn, stream_name=name).get_shard(shard_id)
        is_over = not shard.is_open and int(last) >= shard.get_max_sequence_number()
        return None if is_over else following, records, behind

    return get_records


if __name__ == "__main__":
    Stream.split_shard = keeping(Stream.split_shard, 1)
    Stream.merge_shards = keeping(Stream.merge_shards, 2)
    Stream.get_shard_for_key = open_shard
    Backend.get_records = ending(Backend.get_records)
    runpy.run_path(str(MOTO), run_name="__main__")
