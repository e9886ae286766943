"""Records of a stream, and the connection that they come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Record:
    """One record of the source."""

    stream: str
    """Name of the topic or stream."""
    partition: str
    """Partition or shard."""
    offset: str
    """Offset or sequence number."""
    key: bytes | None
    """What decides its partition. Records of one key keep their order."""
    value: bytes
    at: float
    """When the source got it, seconds of the epoch."""

    @property
    def id(self) -> str:
        """The same for the same record, whoever reads it and however often."""
        return f"{self.stream}/{self.partition}/{self.offset}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one record."""

    record: Record
    body: bytes
    """What is written."""
    reason: str | None = None
    """Why it cannot be predicted, one of `REASONS`: it is written to the dead letters. None for a prediction."""


class Connection(Protocol):
    """The source with both of its outputs. It is used until it fails, and then made anew."""

    def poll(self, most: int, seconds: float) -> list[Record]:
        """The next records, those of a partition in their order; none where there are none within `seconds`.

        :raises StreamFailed: when the source does not answer.
        """

    def commit(self, outcomes: Sequence[Outcome]) -> None:
        """Write what became of the first records that are polled and not committed, and remember then that they are done.

        :raises StreamFailed: when it is not known to have happened; the records are read again by the next connection.
        """

    def close(self) -> None:
        """Leave the partitions to others. What was not committed is read again."""
