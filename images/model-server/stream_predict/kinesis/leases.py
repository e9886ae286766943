"""How far each shard was read, and who reads it: an item of DynamoDB for each shard.

A lease is held by a run of the program. Its holder renews it. Who sees it unchanged for long enough may take it; no clocks are
compared. Whoever has lost it cannot write its position any more.
"""

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from model_server.errors import one_line

from ..errors import StreamFailed

OLDEST, END = "", "END"
"""Positions before the first record of a shard and behind its last one. Others are sequence numbers, which are digits."""


@dataclass(frozen=True)
class Run:
    """One process of a pod."""

    pod: str
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


@dataclass
class _Seen:
    """Somebody else's lease as it was first seen."""

    renewals: str
    since: float


class Leases:
    """The leases of one stream, as one run sees them."""

    def __init__(self, client: Any, table: str, run: Run, seconds: float) -> None:
        """Make it.

        :param client: of DynamoDB.
        :param seconds: time after which a lease that is not renewed may be taken.
        """
        self._client = client
        self._table = table
        self._run = run
        self._seconds = seconds
        self._seen: dict[str, _Seen] = {}

    def take(self, shard: str) -> str | None:
        """The position in a shard, if its lease is ours now.

        An earlier process of this pod is gone, so its lease is taken at once.
        """
        item = self._item(shard)
        if item is None:
            return OLDEST if self._put(shard) else None
        held, renewals = item["run"]["S"], item["renewals"]["N"]
        if held not in ("", self._run.id) and item["pod"]["S"] != self._run.pod and not self._is_silent(shard, renewals):
            return None
        taken = self._update(
            shard,
            "SET #run = :run, #pod = :pod, renewals = renewals + :one",
            "#run = :held AND renewals = :renewals",
            {":pod": {"S": self._run.pod}, ":held": {"S": held}, ":renewals": {"N": renewals}},
        )
        self._seen.pop(shard, None)
        return item["position"]["S"] if taken else None

    def keep(self, shard: str, position: str | None = None) -> bool:
        """Renew a lease, and remember a position. False when the lease is somebody else's: then nothing was remembered."""
        moved, values = ("", {}) if position is None else (", #position = :position", {":position": {"S": position}})
        return self._update(shard, f"SET renewals = renewals + :one{moved}", "#run = :run", values)

    def give(self, shard: str) -> None:
        """Let anybody take a lease at once."""
        self._update(shard, "SET renewals = renewals + :one, #run = :nobody", "#run = :run", {":nobody": {"S": ""}})

    def is_done(self, shard: str) -> bool:
        """Whether all of a shard was predicted."""
        item = self._item(shard)
        return item is not None and item["position"]["S"] == END

    def _is_silent(self, shard: str, renewals: str) -> bool:
        seen = self._seen.get(shard)
        if seen is None or seen.renewals != renewals:
            self._seen[shard] = _Seen(renewals, time.monotonic())
            return False
        return time.monotonic() - seen.since > self._seconds

    def _item(self, shard: str) -> dict[str, Any] | None:
        try:
            answer = self._client.get_item(TableName=self._table, Key={"shard": {"S": shard}}, ConsistentRead=True)
        except (BotoCoreError, ClientError) as error:
            raise self._failed("dynamodb:GetItem", error) from error
        item: dict[str, Any] | None = answer.get("Item")
        return item

    def _put(self, shard: str) -> bool:
        texts = {"shard": shard, "run": self._run.id, "pod": self._run.pod, "position": OLDEST}
        item = {**{name: {"S": text} for name, text in texts.items()}, "renewals": {"N": "0"}}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression="attribute_not_exists(#shard)",
                ExpressionAttributeNames={"#shard": "shard"},
            )
        except (BotoCoreError, ClientError) as error:
            if _is_lost(error):
                return False
            raise self._failed("dynamodb:PutItem", error) from error
        return True

    def _update(self, shard: str, expression: str, condition: str, values: dict[str, Any]) -> bool:
        names = {name: name[1:] for name in ("#run", "#pod", "#position") if name in expression + condition}
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"shard": {"S": shard}},
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={":run": {"S": self._run.id}, ":one": {"N": "1"}, **values},
            )
        except (BotoCoreError, ClientError) as error:
            if _is_lost(error):
                return False
            raise self._failed("dynamodb:UpdateItem", error) from error
        return True

    def _failed(self, action: str, error: Exception) -> StreamFailed:
        return StreamFailed(f"{action} on {self._table} failed: {one_line(error)}")


def _is_lost(error: Exception) -> bool:
    return isinstance(error, ClientError) and error.response["Error"]["Code"] == "ConditionalCheckFailedException"
