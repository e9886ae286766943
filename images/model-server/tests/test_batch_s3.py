"""What only S3 has: two processes that commit the same partition at the same moment, and the errors that a request can have."""

import os
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from batch_predict.errors import StoreFailed
from batch_predict.model import BatchModel
from batch_predict.stores.s3 import S3
from batch_predict.stores.store import Data

from .batch import S3Place, Table, finished, s3_server
from .killed import Killed, all_ids, fill, go, settings_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with s3_server() as url:
        s3: Any = boto3.client("s3", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1")
        s3.create_bucket(Bucket="tables")
        yield url


@pytest.fixture
def store(url: str, monkeypatch: pytest.MonkeyPatch) -> S3:
    for name, value in {"ACCESS_KEY_ID": "a", "SECRET_ACCESS_KEY": "b", "REGION": "us-east-1", "ENDPOINT_URL_S3": url}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    monkeypatch.setattr("batch_predict.stores.s3.time.sleep", lambda _: None)
    return S3("s3://tables/out")


class Fails:
    """A client of which the first answers are these errors; a request may have had its effect all the same."""

    def __init__(self, real: Any, errors: list[Exception], effect: bool = False) -> None:
        self._real, self._errors, self._effect = real, errors, effect

    def __getattr__(self, name: str) -> Any:
        def call(**given: Any) -> Any:
            if self._errors:
                if self._effect:
                    getattr(self._real, name)(**given)
                raise self._errors.pop(0)
            return getattr(self._real, name)(**given)

        return call


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": code}}, "PutObject")


class Mortal(S3):
    """A bucket whose process is killed before or after one of its requests."""

    left = -1
    """Steps until then."""

    def _step(self) -> None:
        Mortal.left -= 1
        if Mortal.left == 0:
            raise Killed

    def _put(self, path: str, data: Data, **condition: str) -> bool:
        self._step()
        done = super()._put(path, data, **condition)
        self._step()
        return done

    def remove(self, path: str) -> None:
        self._step()
        super().remove(path)
        self._step()


def tables(store: S3, models: Path, model: str) -> Table:
    """A new input and output in the bucket."""
    name, aws = uuid.uuid4().hex, {key: value for key, value in os.environ.items() if key.startswith("AWS_")}
    return Table(models / model, S3Place(store._s3, "tables", f"{name}/in"), S3Place(store._s3, "tables", f"{name}/out"), aws)


@pytest.mark.parametrize("again", [False, True])
def test_a_kill_between_any_two_requests(store: S3, models: Path, small: BatchModel, again: bool) -> None:
    kills = 0
    while True:
        table = tables(store, models, "picky")
        fill(table)
        settings = settings_of(table, **({"MODEL_VERSION": "4", "BATCH_AGAIN": "replace"} if again else {}))
        if again:
            go(settings_of(table), S3)
        Mortal.left = kills + 1
        try:
            go(settings, Mortal)
        except Killed:
            kills += 1
        else:
            break
        finally:
            Mortal.left = -1
        visible = all_ids(table)
        assert visible in ([], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6, 7]), f"kill {kills}: {visible}"
        assert not again or len(visible) == 7, f"kill {kills}: {visible}"
        assert go(settings, S3).outcomes["failed"] == 0
        # Everything is too old now. Nothing is left to predict, so nothing can be too slow.
        go(replace(settings, orphan_seconds=-5), S3)
        assert (all_ids(table), table.hidden()) == ([1, 2, 3, 4, 5, 6, 7], set()), f"kill {kills}"
    assert kills > 10


def test_two_processes_on_the_same_partitions(store: S3, models: Path) -> None:
    table = tables(store, models, "several")
    for day in range(8):
        table.put(f"day={day}/a.parquet", id=range(day * 500, day * 500 + 500), a=[1.0] * 500, b=[1.0] * 500)
    ends = [finished(process) for process in [table.start(), table.start()]]
    assert [end.code for end in ends] == [0, 0], ends
    assert sum(end.partitions().get("predicted", 0) for end in ends) == 8, ends
    assert (all_ids(table), table.hidden()) == (list(range(8 * 500)), set())


def test_create_and_replace(store: S3) -> None:
    assert store.read("a") is None
    assert store.create("a", b"1")
    assert not store.create("a", b"2")
    found = store.read("a")
    assert found is not None
    assert found[0] == b"1"
    assert store.replace("a", b"3", found[1])
    assert not store.replace("a", b"4", found[1])
    assert not store.replace("gone", b"4", found[1])
    assert (store.read("a") or (b"",))[0] == b"3"
    store.remove("a")
    store.remove("a")
    assert list(store.list()) == []


def test_a_writer_in_the_way_is_waited_for(store: S3) -> None:
    store._s3 = Fails(store._s3, [refusal("ConditionalRequestConflict")])
    assert store.create("conflict", b"1")


def test_an_unknown_end_is_no_answer(store: S3) -> None:
    store._s3 = Fails(store._s3, [ConnectionClosedError(endpoint_url="x")], effect=True)
    with pytest.raises(StoreFailed, match="does not answer"):
        store.create("unknown", b"1")
    assert not store.create("unknown", b"2")


def test_reading_goes_on_after_a_broken_connection_and_not_with_another_object(store: S3) -> None:
    store.write("file", bytes(range(200)))
    (entry,) = (each for each in store.list() if each.path == "file")
    file = store.open(entry)
    file.seek(-50, 2)
    store._s3 = Fails(store._s3, [ConnectionClosedError(endpoint_url="x")] * 2)
    assert file.read(20) == bytes(range(150, 170))
    assert (file.tell(), file.read(), file.read()) == (170, bytes(range(170, 200)), b"")
    store.write("file", bytes(200))
    file.seek(0)
    with pytest.raises(StoreFailed, match="was replaced or removed while it was read"):
        file.read(10)


def test_a_right_that_is_missing_is_named(store: S3) -> None:
    store._s3 = Fails(store._s3, [refusal("AccessDenied")])
    with pytest.raises(StoreFailed, match=r"S3 refuses s3:PutObject on s3://tables/out/x: give the role this right"):
        store.write("x", b"1")
