"""How the clients of Kafka are set up: encryption, sign-in, and what exactly once needs of them."""

import time
from collections.abc import Callable
from typing import Any

from confluent_kafka import KafkaError

from model_server.errors import one_line

from ..settings import KafkaSettings, Settings

TRANSACTION_SECONDS = 30
"""Time after which the brokers abort a transaction of a pod that is gone. Until then readers of its partitions wait."""
PREDICTION_SECONDS = 600
"""Time for one batch, also where its rows are tried one by one; whoever takes longer loses its partitions."""
QUEUED_KIB = 16 * 1024
"""Most that is read ahead."""


def consumer_settings(settings: Settings, source: KafkaSettings, say: Callable[[str], None]) -> dict[str, Any]:
    """Reads what is committed, from the oldest record on, and commits nothing by itself."""
    return {
        **_common(settings, source, say),
        "group.id": source.group,
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
        "enable.partition.eof": True,
        "session.timeout.ms": settings.lease_seconds * 1000,
        "heartbeat.interval.ms": settings.lease_seconds * 1000 // 4,
        "max.poll.interval.ms": int(PREDICTION_SECONDS + settings.predict_seconds) * 1000,
        "queued.max.messages.kbytes": QUEUED_KIB,
    }


def producer_settings(settings: Settings, source: KafkaSettings, say: Callable[[str], None]) -> dict[str, Any]:
    """Writes in transactions. The name of the pod makes an earlier process of it stop."""
    return {
        **_common(settings, source, say),
        "transactional.id": f"{source.group}-{settings.pod}",
        "transaction.timeout.ms": TRANSACTION_SECONDS * 1000,
        # A key goes where other clients would put it.
        "partitioner": "murmur2_random",
        "message.max.bytes": settings.max_bytes + 100_000,
        "batch.size": settings.max_bytes,
        "linger.ms": 5,
    }


def _common(settings: Settings, source: KafkaSettings, say: Callable[[str], None]) -> dict[str, Any]:
    told: set[int] = set()

    def tell(error: KafkaError) -> None:
        if error.code() not in told:
            told.add(error.code())
            say(f"Kafka: {one_line(Exception(error.str()))}")

    common: dict[str, Any] = {
        "bootstrap.servers": source.bootstrap,
        "client.id": settings.pod,
        "security.protocol": "SASL_SSL" if source.region else "SSL",
        "allow.auto.create.topics": False,
        # We make new clients for a source that is silent. The library's own way (KIP-899) left a client of librdkafka 2.16 stuck
        # when all brokers had been away.
        "metadata.recovery.strategy": "none",
        "error_cb": tell,
        # `error_cb` tells each thing once; the library would tell it with each attempt.
        "log_level": 2,
    }
    if source.authority:
        common["ssl.ca.location"] = source.authority
    if source.region:
        common |= {"sasl.mechanisms": "OAUTHBEARER", "oauth_cb": lambda _: token(source.region)}
    return common


def token(region: str) -> tuple[str, float]:
    """A sign-in to Amazon MSK with the credentials of the pod, and when it ends, seconds of the epoch."""
    from aws_msk_iam_sasl_signer import MSKAuthTokenProvider

    signed, ends_ms = MSKAuthTokenProvider.generate_auth_token(region)
    return signed, max(ends_ms / 1000, time.time() + 1)
