"""Reads a topic, and writes predictions, dead letters and the position in the topic in one transaction (KIP-98, KIP-447)."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from model_server.errors import one_line

from ..errors import Stopped, StreamFailed
from ..lag import Lag
from ..records import Outcome, Record
from ..settings import KafkaSettings, Settings
from .clients import consumer_settings, producer_settings

IDLE_SECONDS = 0.5
"""Time for which an empty topic is waited for."""
PROBE_SECONDS = 5.0
"""Time between two questions to the brokers whether they are there, while no row comes."""
SILENT_SECONDS = 30.0
"""Time without any answer after which the clients are made anew, and ask the first brokers for the others again."""
BATCH_BYTES = 16 * 1024 * 1024
"""A batch ends with the record that makes it this large."""
TRY_SECONDS, ENOUGH_SECONDS = 5.0, 60.0
"""Longest time of one attempt at a step of a transaction, and of all of them."""


class Kafka:
    """See `Connection`. A transaction of somebody who has lost its partitions since `poll` is refused by the brokers."""

    def __init__(
        self, settings: Settings, source: KafkaSettings, lag: Lag, say: Callable[[str], None], stopped: threading.Event
    ) -> None:
        self._source = source
        self._lag = lag
        self._stopped = stopped
        self._polled: list[Message] = []
        self._member: Any = None
        self._probed = self._answered = time.monotonic()
        self._writes = False
        try:
            self._producer = Producer(producer_settings(settings, source, say))
        except (KafkaException, ValueError) as error:
            raise StreamFailed(f"the client of Kafka cannot be made: {one_line(error)}") from error
        # Ends what an earlier process of this pod has left open.
        self._done("begin", self._producer.init_transactions, once_stopped=False)
        self._consumer = Consumer(consumer_settings(settings, source, say))
        self._consumer.subscribe([source.input], on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._revoked)

    def poll(self, most: int, seconds: float) -> list[Record]:
        """See `Connection.poll`."""
        self._polled = []
        size, ends = 0, time.monotonic() + IDLE_SECONDS
        while len(self._polled) < most and size < BATCH_BYTES and (left := ends - time.monotonic()) > 0:
            message = self._consumer.poll(left)
            if message is None:
                continue
            self._answered = time.monotonic()
            if (error := message.error()) is not None:
                self._note(message, error)
                continue
            if not self._polled:
                ends = time.monotonic() + seconds
            self._polled.append(message)
            size += len(message)
            self._lag.read(str(message.partition()), _time_of(message))
        if not self._polled:
            self._probe()
            return []
        # From here to the next `poll` no callback runs, so this is the membership under which these were read.
        self._member = self._consumer.consumer_group_metadata()
        return [self._record(message) for message in self._polled]

    def commit(self, outcomes: Sequence[Outcome]) -> None:
        """See `Connection.commit`."""
        try:
            self._producer.begin_transaction()
            self._writes = True
            for outcome in outcomes:
                self._produce(outcome)
        except KafkaException as error:
            raise _failed("write", error) from error
        reached = {int(outcome.record.partition): int(outcome.record.offset) + 1 for outcome in outcomes}
        offsets = [TopicPartition(self._source.input, partition, offset) for partition, offset in reached.items()]
        self._done(
            "commit the position", lambda seconds: self._producer.send_offsets_to_transaction(offsets, self._member, seconds)
        )
        self._done("commit", self._producer.commit_transaction)
        self._writes = False
        for outcome in outcomes:
            self._lag.committed(outcome.record.partition, outcome.record.at)

    def close(self) -> None:
        """See `Connection.close`."""
        if self._writes:
            with suppress(KafkaException):
                self._producer.abort_transaction(TRY_SECONDS)
        self._producer.purge()
        with suppress(KafkaException, RuntimeError):
            self._consumer.close()
        self._lag.forget_all()

    def _produce(self, outcome: Outcome) -> None:
        topic = self._source.output if outcome.reason is None else self._source.dead_letters
        key = outcome.record.key
        # A dead letter is written whatever its record is.
        key = key if outcome.reason is None or key is None or len(key) <= 4096 else None
        while True:
            try:
                self._producer.produce(topic, outcome.body, key)
                return
            except BufferError:
                self._producer.poll(0.1)

    def _done(self, what: str, step: Callable[[float], object], once_stopped: bool = True) -> None:
        """Do a step of a transaction: again where it may succeed then.

        :param once_stopped: whether to finish it after a signal.
        """
        ends = time.monotonic() + ENOUGH_SECONDS
        while True:
            if self._stopped.is_set() and not once_stopped:
                raise Stopped
            try:
                step(TRY_SECONDS)
                return
            except KafkaException as error:
                if not error.args[0].retriable() or time.monotonic() > ends:
                    raise _failed(what, error) from error

    def _assigned(self, _: Consumer, partitions: Iterable[TopicPartition]) -> None:
        for each in partitions:
            self._lag.seen(str(each.partition))

    def _revoked(self, _: Consumer, partitions: Iterable[TopicPartition]) -> None:
        """They are somebody else's now, who reads them from the last commit on."""
        lost = {each.partition for each in partitions}
        self._polled = [message for message in self._polled if message.partition() not in lost]
        for partition in lost:
            self._lag.forget(str(partition))

    def _note(self, message: Message, error: KafkaError) -> None:
        if error.code() != KafkaError._PARTITION_EOF:
            raise StreamFailed(f"Kafka does not let us read {self._source.input}: {one_line(Exception(error.str()))}")
        self._lag.ended(str(message.partition()))

    def _probe(self) -> None:
        if time.monotonic() < self._probed + PROBE_SECONDS:
            return
        self._probed = time.monotonic()
        try:
            self._consumer.list_topics(self._source.input, timeout=2)
            self._answered = time.monotonic()
            self._lag.answered()
            for each in self._consumer.assignment():
                self._consumer.get_watermark_offsets(each, timeout=2, cached=False)
                self._lag.seen(str(each.partition))
        except KafkaException as error:
            if time.monotonic() > self._answered + SILENT_SECONDS:
                raise StreamFailed(f"Kafka has not answered for {SILENT_SECONDS:g} s") from error

    def _record(self, message: Message) -> Record:
        partition, offset = str(message.partition()), str(message.offset())
        key, value = message.key(), message.value() or b""
        return Record(self._source.input, partition, offset, key, value, _time_of(message))


def _time_of(message: Message) -> float:
    _, milliseconds = message.timestamp()
    return milliseconds / 1000 if milliseconds > 0 else time.time()


def _failed(what: str, error: KafkaException) -> StreamFailed:
    reason = error.args[0]
    return StreamFailed(f"Kafka does not let us {what}: {one_line(Exception(reason.str()))} ({reason.name()})")
