"""Writes to a stream of Kinesis, in the order of each key."""

import threading
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from model_server.errors import one_line

from ..errors import StreamFailed
from ..records import Outcome

MOST_RECORDS, MOST_BYTES = 500, 4_500_000
"""Most of one request (Kinesis API, "PutRecords", allows 500 records and 5 MiB)."""
TRIES = 8
"""Times that records are sent which the stream has refused."""


class Output:
    """Kinesis may refuse some records of a request and take later ones, so no request has two of one key."""

    def __init__(self, client: Any, arn: str, stopped: threading.Event) -> None:
        self._client = client
        self._arn = arn
        self._stopped = stopped

    def write(self, outcomes: Sequence[Outcome]) -> None:
        """Write all of them.

        :raises StreamFailed: when some may be missing.
        """
        left, failures = list(outcomes), 0
        while left:
            wave, rest = _wave(left)
            refused, why = self._sent(wave)
            left = refused + rest
            if refused:
                failures += 1
                if failures >= TRIES:
                    raise StreamFailed(f"Kinesis refuses {len(refused)} records for {self._arn}: {why}")
                self._stopped.wait(0.1 * 2**failures)

    def _sent(self, wave: list[Outcome]) -> tuple[list[Outcome], str]:
        """The records of a request that were refused, and why."""
        records = [{"Data": each.body, "PartitionKey": _key(each)} for each in wave]
        try:
            answers = self._client.put_records(StreamARN=self._arn, Records=records)["Records"]
        except (BotoCoreError, ClientError) as error:
            raise StreamFailed(f"Kinesis does not let us write to {self._arn}: {one_line(error)}") from error
        codes = [answer.get("ErrorCode") for answer in answers]
        return [each for each, code in zip(wave, codes, strict=True) if code], str(next(filter(None, codes), ""))


def _wave(left: list[Outcome]) -> tuple[list[Outcome], list[Outcome]]:
    """The first record of each key, as many as one request takes, and what is left, in its order."""
    wave: list[Outcome] = []
    rest: list[Outcome] = []
    keys: set[str] = set()
    size = 0
    for each in left:
        key, bytes_ = _key(each), len(each.body) + 256
        if key in keys or len(wave) >= MOST_RECORDS or size + bytes_ > MOST_BYTES:
            rest.append(each)
        else:
            wave.append(each)
            size += bytes_
        # Also of a record that has no room: a later one of its key must not overtake it.
        keys.add(key)
    return wave, rest


def _key(outcome: Outcome) -> str:
    return (outcome.record.key or b"").decode()
