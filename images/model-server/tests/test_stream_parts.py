"""What no broker is needed for: variables, sign-in, lag, suspects, and the end of the process."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from model_server.errors import StartError
from stream_predict.dead_letters import CRASH, Unfit, dead_letter
from stream_predict.kafka.clients import consumer_settings, producer_settings, token
from stream_predict.lag import Lag
from stream_predict.records import Record
from stream_predict.settings import KafkaSettings, KinesisSettings, read_settings
from stream_predict.suspects import MOST_DEATHS, Suspects

from .process import free_port
from .stream import pod_variables

ARN = "arn:aws:kinesis:eu-west-1:111111111111:stream/"
KAFKA = {
    "STREAM_KIND": "kafka",
    "STREAM_BOOTSTRAP": "b-1.kafka:9098,b-2.kafka:9098",
    "STREAM_GROUP": "scores",
    "STREAM_INPUT": "in",
    "STREAM_OUTPUT": "out",
    "STREAM_DEAD_LETTERS": "dead",
    "AWS_REGION": "eu-west-1",
}
KINESIS = {
    "STREAM_KIND": "kinesis",
    "STREAM_INPUT": f"{ARN}in",
    "STREAM_OUTPUT": f"{ARN}out",
    "STREAM_DEAD_LETTERS": f"{ARN}dead",
    "STREAM_TABLE": "positions",
}


def own(models: Path, **more: Any) -> dict[str, str]:
    return pod_variables(models / "picky", Path("/tmp"), 0, **more)


@pytest.mark.parametrize(
    ("kind", "name", "value", "words"),
    [
        (KAFKA, "STREAM_KIND", "sqs", "STREAM_KIND must be 'kafka' or 'kinesis', got 'sqs'"),
        (KAFKA, "STREAM_BOOTSTRAP", "b-1", "STREAM_BOOTSTRAP must be <host>:<port>"),
        (KAFKA, "STREAM_GROUP", "", "STREAM_GROUP must be the name of a consumer group, got nothing"),
        (KAFKA, "STREAM_INPUT", "a b", "STREAM_INPUT must be the name of a topic"),
        (KAFKA, "STREAM_INPUT", "..", "STREAM_INPUT must be the name of a topic"),
        (KAFKA, "STREAM_OUTPUT", "in", "STREAM_OUTPUT must be another place"),
        (KAFKA, "STREAM_DEAD_LETTERS", "in", "must be another place"),
        (KAFKA, "STREAM_SIGN_IN", "password", "STREAM_SIGN_IN must be 'iam' or 'none', got 'password'"),
        (KAFKA, "AWS_REGION", "", "AWS_REGION must be the region"),
        (KAFKA, "STREAM_CA", "ca.pem", "STREAM_CA must be an absolute path"),
        (KAFKA, "STREAM_TABLE", "positions", "STREAM_TABLE must be unset where STREAM_KIND is kafka"),
        (KAFKA, "STREAM_PODS", "3", "STREAM_PODS must be unset"),
        (KAFKA, "STREAM_POD", "fraud", "STREAM_POD must be the name of a pod of a StatefulSet"),
        (KAFKA, "STREAM_ROWS", "0", "STREAM_ROWS must be a whole number from 1 to 10000, got '0'"),
        (KAFKA, "STREAM_WAIT_SECONDS", "-1", "STREAM_WAIT_SECONDS must be a number from 0 to 10, got '-1'"),
        (KAFKA, "STREAM_KEEP", "a,,b", "STREAM_KEEP must be names of fields with commas"),
        (KAFKA, "STREAM_MAX_BYTES", "1MB", "STREAM_MAX_BYTES must be a whole number"),
        (KAFKA, "STREAM_HOST", "a b", "STREAM_HOST must be an address to listen on, got 'a b'"),
        (KINESIS, "STREAM_INPUT", "clicks", "STREAM_INPUT must be the ARN of a Kinesis stream, got 'clicks'"),
        (KINESIS, "STREAM_TABLE", "", "STREAM_TABLE must be the name of a DynamoDB table, got nothing"),
        (KINESIS, "STREAM_PODS", "0", "STREAM_PODS must be a whole number from 1 to 1000"),
        (KINESIS, "STREAM_GROUP", "g", "STREAM_GROUP must be unset where STREAM_KIND is kinesis, got 'g'"),
    ],
)
def test_a_wrong_variable(models: Path, kind: dict[str, str], name: str, value: str, words: str) -> None:
    with pytest.raises(StartError) as refused:
        read_settings({**own(models), **kind, name: value})
    assert (refused.value.exit_code, words in str(refused.value)) == (2, True), refused.value


def test_right_variables(models: Path) -> None:
    read = read_settings({**own(models), **KAFKA, "STREAM_KEEP": "id, at"})
    assert read.source == KafkaSettings("b-1.kafka:9098,b-2.kafka:9098", "scores", "in", "out", "dead", "eu-west-1", "")
    assert read.keep == ("id", "at")
    read = read_settings({**own(models), **KINESIS, "STREAM_PODS": "4"})
    assert read.source == KinesisSettings(f"{ARN}in", f"{ARN}out", f"{ARN}dead", "positions", 4)


def test_a_process_that_cannot_start_says_why(models: Path) -> None:
    def ended(**more: Any) -> tuple[int, str]:
        variables = {**own(models), **KAFKA, **{name: str(value) for name, value in more.items()}}
        done = subprocess.run([sys.executable, "-m", "stream_predict"], env=variables, capture_output=True, text=True)
        return done.returncode, done.stderr

    assert ended(STREAM_ROWS="many") == (
        2,
        "stream-predict: STREAM_ROWS must be a whole number from 1 to 10000, got 'many'.\n",
    )
    code, said = ended(STREAM_KEEP="id,prediction", STREAM_PORT=free_port())
    assert (code, "STREAM_KEEP must be names of fields other than" in said) == (2, True), said
    code, said = ended(MODEL_SHA256="0" * 64)
    assert (code, "fetch the model again" in said, "Traceback" in said) == (1, True, False)


def test_connections_are_encrypted_and_signed_in(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read_settings({**own(models), **KAFKA})
    assert isinstance(settings.source, KafkaSettings)
    for client in (consumer_settings, producer_settings):
        told = client(settings, settings.source, lambda _: None)
        assert (told["security.protocol"], told["sasl.mechanisms"]) == ("SASL_SSL", "OAUTHBEARER")
    plain = read_settings({**own(models), **KAFKA, "STREAM_SIGN_IN": "none"})
    assert isinstance(plain.source, KafkaSettings)
    assert consumer_settings(plain, plain.source, lambda _: None)["security.protocol"] == "SSL"
    for name, value in {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}.items():
        monkeypatch.setenv(name, value)
    import base64

    signed, ends = token("eu-west-1")
    address = base64.urlsafe_b64decode(signed + "=" * (-len(signed) % 4)).decode()
    assert address.startswith("https://kafka.eu-west-1.amazonaws.com/?Action=kafka-cluster%3AConnect")
    assert "AKIAEXAMPLE" in address
    assert 60 < ends - time.time() < 3600


def test_lag_is_the_age_of_what_waits_and_grows_while_the_source_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("stream_predict.lag.time.time", lambda: now)
    lag = Lag()

    def is_behind(**seconds: float) -> None:
        assert lag.seconds() == {name.removeprefix("p"): value for name, value in seconds.items()}

    lag.seen("0")
    is_behind(p0=0, source=0)
    lag.read("0", 900)
    lag.read("0", 950)
    is_behind(p0=100, source=0)
    lag.committed("0", 900)
    # The next one is no older than that.
    is_behind(p0=100, source=0)
    lag.ended("0")
    is_behind(p0=100, source=0)
    lag.committed("0", 950)
    is_behind(p0=0, source=0)
    now = 1060
    is_behind(p0=60, source=60)
    lag.forget("0")
    is_behind(source=60)
    lag.answered()
    is_behind(source=0)


def record(offset: int, value: bytes = b"{}") -> Record:
    return Record("in", "0", str(offset), b"k", value, 0)


def test_only_a_record_that_was_alone_is_given_up_and_only_after_some_deaths(tmp_path: Path) -> None:
    file, records = tmp_path / "suspects.json", [record(offset) for offset in range(4)]

    def died_at(*running: Record) -> None:
        file.write_text(json.dumps({**json.loads(file.read_text()), "running": [each.id for each in running]}))

    with Suspects(file).during(records):
        pass
    died_at(*records[:3])
    suspects = Suspects(file)
    assert list(suspects.parts(records)) == [[records[0]], [records[1]], [records[2]], [records[3]]]
    for _ in range(MOST_DEATHS):
        Suspects(file).check(records[1])
        Suspects(file).check(records[1])
        with Suspects(file).during([records[0]]):
            pass
        died_at(records[1])
    suspects = Suspects(file)
    with pytest.raises(Unfit) as given_up:
        suspects.check(records[1])
    assert given_up.value.reason == CRASH
    suspects.check(records[0])
    suspects.done(records)
    assert list(suspects.parts(records)) == [records]


def test_a_dead_letter_has_only_the_first_bytes() -> None:
    letter = dead_letter(record(7, b"x" * 5_000_000), Unfit(CRASH, "why"), "3", 1_000_000)
    told = json.loads(letter.body)
    assert (told["record_id"], told["value_bytes"], len(letter.body) < 100_000) == ("in/0/7", 5_000_000, True)


def test_a_signal_while_no_broker_answers_ends_it(models: Path) -> None:
    variables = {
        **own(models, STREAM_PORT=free_port()),
        **KAFKA,
        "STREAM_BOOTSTRAP": "127.0.0.1:1",
        "STREAM_SIGN_IN": "none",
    }
    process = subprocess.Popen([sys.executable, "-m", "stream_predict"], env=variables, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    assert "predicts for in" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, "Traceback" in said) == (0, False), said
