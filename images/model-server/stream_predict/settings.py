"""The variables of a stream, as docs/model-server.md lists them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from model_server.settings import Settings as ModelSettings
from model_server.settings import model_settings
from model_server.variables import Variables, wrong

_TOPIC = r"(?!\.{1,2}$)[A-Za-z0-9._-]{1,249}"
_STREAM = r"arn:aws[a-z-]*:kinesis:[a-z0-9-]+:[0-9]{12}:stream/[A-Za-z0-9_.-]{1,128}"
_SERVER = r"[A-Za-z0-9.-]+:[0-9]{1,5}"
_POD = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?-[0-9]{1,6}"


@dataclass(frozen=True)
class KafkaSettings:
    """Topics of Kafka. The connection is always encrypted."""

    bootstrap: str
    """Brokers to begin with, `<host>:<port>` with commas between them, `STREAM_BOOTSTRAP`."""
    group: str
    """Consumer group, `STREAM_GROUP`."""
    input: str
    """Topic of the rows, `STREAM_INPUT`."""
    output: str
    """Topic of the predictions, `STREAM_OUTPUT`."""
    dead_letters: str
    """Topic of the records that cannot be predicted, `STREAM_DEAD_LETTERS`."""
    region: str
    """Region whose IAM the brokers ask, `AWS_REGION`; empty where they ask nobody, `STREAM_SIGN_IN=none`."""
    authority: str
    """File of the authorities that the brokers' certificates are checked with, `STREAM_CA`; empty for those of the system."""


@dataclass(frozen=True)
class KinesisSettings:
    """Streams of Kinesis."""

    input: str
    """ARN of the stream of the rows, `STREAM_INPUT`."""
    output: str
    """ARN of the stream of the predictions, `STREAM_OUTPUT`."""
    dead_letters: str
    """ARN of the stream of the records that cannot be predicted, `STREAM_DEAD_LETTERS`."""
    table: str
    """Table of DynamoDB that remembers how far each shard was read, `STREAM_TABLE`."""
    pods: int
    """Number of pods that share the shards, `STREAM_PODS`."""


@dataclass(frozen=True)
class Settings:
    """What the environment says, checked."""

    model: ModelSettings
    """The model: `MODEL_DIR`, `MODEL_NAME`, `MODEL_VERSION`, `MODEL_SHA256`."""
    source: KafkaSettings | KinesisSettings
    """Source and outputs, `STREAM_KIND`."""
    pod: str
    """Name of this pod with its number at the end, `STREAM_POD`; there is one pod of a name at a time."""
    keep: tuple[str, ...] = ()
    """Fields that stand beside each prediction; none means all that are no input of the model, `STREAM_KEEP`."""
    rows: int = 500
    """Most rows of one call of the model, `STREAM_ROWS`."""
    wait_seconds: float = 0.2
    """Longest time that a row waits for others, `STREAM_WAIT_SECONDS`."""
    max_bytes: int = 1_000_000
    """Largest record of the source and of an output, its key included, `STREAM_MAX_BYTES`."""
    predict_seconds: float = 60
    """Longest time of one call of the model, `STREAM_PREDICT_SECONDS`; then the process ends, so that another one takes over."""
    lease_seconds: int = 15
    """Time after which the partitions of a pod that is silent go to others, `STREAM_LEASE_SECONDS`."""
    end_seconds: float = 30
    """Longest time of the end after a SIGTERM, `STREAM_END_SECONDS`."""
    suspects: Path = Path("/tmp/suspects.json")  # noqa: S108 - a volume of the pod, and nobody else's
    """File that outlives the process and not the pod, `STREAM_SUSPECTS`."""
    host: str = "0.0.0.0"  # noqa: S104 - a pod's own address is not known before it starts
    """Address to listen on, `STREAM_HOST`."""
    port: int = 8080
    """Port of HTTP, `STREAM_PORT`."""


def read_settings(variables: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the variables.

    :raises StartError: names the variable, its value and what it must be.
    """
    read = Variables(variables)
    kind = read.text("STREAM_KIND", "kafka|kinesis", "'kafka' or 'kinesis'")
    settings = Settings(
        model=model_settings({"MODEL_DIR": "/models", **variables}),
        source=_kafka(read, variables) if kind == "kafka" else _kinesis(read),
        pod=read.text("STREAM_POD", _POD, "the name of a pod of a StatefulSet, such as fraud-stream-0"),
        keep=read.names("STREAM_KEEP", "fields"),
        rows=read.whole("STREAM_ROWS", Settings.rows, 1, 10_000),
        wait_seconds=read.number("STREAM_WAIT_SECONDS", Settings.wait_seconds, 0, 10),
        max_bytes=read.whole("STREAM_MAX_BYTES", Settings.max_bytes, 1024, 10_000_000),
        predict_seconds=read.number("STREAM_PREDICT_SECONDS", Settings.predict_seconds, 0.1, 3600),
        lease_seconds=read.whole("STREAM_LEASE_SECONDS", Settings.lease_seconds, 1, 300),
        end_seconds=read.number("STREAM_END_SECONDS", Settings.end_seconds, 1, 3600),
        suspects=Path(read.text("STREAM_SUSPECTS", r"/[^\x00-\x1f]+", "an absolute path of a file", str(Settings.suspects))),
        host=read.address("STREAM_HOST", Settings.host),
        port=read.whole("STREAM_PORT", Settings.port, 1, 65_535),
    )
    places = (settings.source.input, settings.source.output, settings.source.dead_letters)
    if len(set(places)) < len(places):
        raise wrong(
            "STREAM_OUTPUT", "another place than STREAM_INPUT and STREAM_DEAD_LETTERS, and those two differ, too", places[1]
        )
    return settings


def _kafka(read: Variables, variables: Mapping[str, str]) -> KafkaSettings:
    for name in ("STREAM_TABLE", "STREAM_PODS"):
        if read.has(name):
            raise wrong(name, "unset where STREAM_KIND is kafka, whose brokers divide the partitions", variables[name])

    def topic(name: str) -> str:
        return read.text(name, _TOPIC, "the name of a topic: letters, digits, '.', '_' and '-'")

    signs_in = read.text("STREAM_SIGN_IN", "iam|none", "'iam' or 'none'", "iam") == "iam"
    return KafkaSettings(
        bootstrap=read.text("STREAM_BOOTSTRAP", rf"{_SERVER}(,{_SERVER})*", "<host>:<port> of brokers, with commas between them"),
        group=read.text("STREAM_GROUP", r"[A-Za-z0-9._-]{1,200}", "the name of a consumer group"),
        input=topic("STREAM_INPUT"),
        output=topic("STREAM_OUTPUT"),
        dead_letters=topic("STREAM_DEAD_LETTERS"),
        region=read.text("AWS_REGION", r"[a-z0-9-]+", "the region of the brokers, whose IAM is asked") if signs_in else "",
        authority=read.text("STREAM_CA", r"(/[^\x00-\x1f]+)?", "an absolute path of a file", ""),
    )


def _kinesis(read: Variables) -> KinesisSettings:
    for name in ("STREAM_BOOTSTRAP", "STREAM_GROUP", "STREAM_SIGN_IN", "STREAM_CA"):
        if read.has(name):
            raise wrong(name, "unset where STREAM_KIND is kinesis", read.text(name, ".*", "", ""))

    def stream(name: str) -> str:
        return read.text(name, _STREAM, "the ARN of a Kinesis stream")

    return KinesisSettings(
        input=stream("STREAM_INPUT"),
        output=stream("STREAM_OUTPUT"),
        dead_letters=stream("STREAM_DEAD_LETTERS"),
        table=read.text("STREAM_TABLE", r"[A-Za-z0-9_.-]{3,255}", "the name of a DynamoDB table"),
        pods=read.whole("STREAM_PODS", 1, 1, 1000),
    )
