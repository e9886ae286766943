"""A kill between any two steps, kills at random moments, and several runs of the same partitions: each row is visible once."""

import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from batch_predict.batch import Batch
from batch_predict.errors import Stopped, StoreFailed
from batch_predict.model import BatchModel
from batch_predict.stores.folder import Folder
from batch_predict.stores.store import Data

from .batch import FolderPlace, Table, finished
from .killed import Killed, all_ids, fill, go, settings_of

pytestmark = pytest.mark.slow

DAY = 86_400


class Mortal(Folder):
    """A folder whose process is killed before or after one of its steps."""

    left = -1
    """Steps until then."""

    def _step(self) -> None:
        Mortal.left -= 1
        if Mortal.left == 0:
            raise Killed

    def write(self, path: str, data: Data) -> None:
        self._step()
        super().write(path, data)
        self._step()

    def create(self, path: str, data: Data) -> bool:
        self._step()
        done = super().create(path, data)
        self._step()
        return done

    def replace(self, path: str, data: Data, tag: str) -> bool:
        self._step()
        done = super().replace(path, data, tag)
        self._step()
        return done

    def remove(self, path: str) -> None:
        if Mortal.left > 0:
            self._step()
        super().remove(path)
        self._step()

    def _keep_names(self, target: Path) -> None:
        self._step()
        super()._keep_names(target)
        self._step()


@pytest.fixture
def table(tmp_path: Path, models: Path) -> Table:
    made = Table(models / "picky", FolderPlace(tmp_path / "in"), FolderPlace(tmp_path / "out"), {})
    fill(made)
    return made


def age(table: Table) -> None:
    """All that is not visible was written two days ago."""
    for name in table.hidden():
        os.utime(Path(table.target.name) / name, (time.time() - 2 * DAY,) * 2)


@pytest.mark.parametrize("again", [False, True])
def test_a_kill_between_any_two_steps(table: Table, small: BatchModel, again: bool) -> None:
    out, kept = Path(table.target.name), Path(f"{table.target.name}.kept")
    if again:
        go(settings_of(table))
        out.rename(kept)
    settings = settings_of(table, **({"MODEL_VERSION": "4", "BATCH_AGAIN": "replace"} if again else {}))
    kills = 0
    while True:
        shutil.rmtree(out, ignore_errors=True)
        if again:
            shutil.copytree(kept, out)
        Mortal.left = kills + 1
        try:
            go(settings, Mortal)
        except Killed:
            pass
        else:
            break
        finally:
            Mortal.left = -1
        kills += 1
        visible = all_ids(table)
        assert visible in ([], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6, 7]), f"kill {kills}: {visible}"
        assert not again or len(visible) == 7, f"kill {kills}: {visible}"
        left = table.hidden()
        end = go(settings)
        assert (end.outcomes["failed"], all_ids(table)) == (0, [1, 2, 3, 4, 5, 6, 7]), f"kill {kills}"
        assert {table.manifest(day)["generation"] for day in table.manifests()} == {2 if again else 1}
        assert table.hidden() <= left, "the second run adds nothing, and removes nothing that is young"
        age(table)
        go(settings)
        assert (table.hidden(), all_ids(table)) == (set(), [1, 2, 3, 4, 5, 6, 7]), f"kill {kills}"
    assert kills > 40


def test_files_of_others_and_young_files_stay(table: Table, small: BatchModel) -> None:
    go(settings_of(table))
    old = f"day=1/part-20200101T000000-{'0' * 16}-0.parquet"
    mine = [
        "day=1/part-0.parquet",
        "day=1/_SUCCESS",
        f"day=1/deeper/part-20200101T000000-{'0' * 16}-0.parquet",
        "day=1/notes.txt",
    ]
    for name in (old, *mine):
        table.target.write(name, b"x")
    for name in table.target.names():
        os.utime(Path(table.target.name) / name, (time.time() - 2 * DAY,) * 2)
    # Of a run that may still be at work.
    young = f"day=1/_rejected/part-20200101T000000-{'1' * 16}-0.parquet"
    table.target.write(young, b"x")
    go(settings_of(table))
    assert table.hidden() == {*mine, young}
    assert all_ids(table) == [1, 2, 3, 4, 5, 6, 7]


def test_an_answer_that_was_lost(table: Table, small: BatchModel) -> None:
    class Repeats(Folder):
        """The first try has written, its answer was lost, and the second one finds the file."""

        def create(self, path: str, data: Data) -> bool:
            return super().create(path, data) and super().create(path, data)

        def replace(self, path: str, data: Data, tag: str) -> bool:
            return super().replace(path, data, tag) and super().replace(path, data, tag)

    assert go(settings_of(table), Repeats).outcomes["predicted"] == 2
    assert (all_ids(table), table.hidden()) == ([1, 2, 3, 4, 5, 6, 7], set())
    assert go(settings_of(table, MODEL_VERSION="4", BATCH_AGAIN="replace"), Repeats).outcomes["replaced"] == 2
    assert (all_ids(table), table.hidden()) == ([1, 2, 3, 4, 5, 6, 7], set())


def test_a_commit_of_which_nobody_knows(table: Table, small: BatchModel) -> None:
    class Silent(Folder):
        def create(self, path: str, data: Data) -> bool:
            super().create(path, data)
            raise StoreFailed("no answer")

    assert go(settings_of(table), Silent).outcomes["failed"] == 2
    assert (all_ids(table), table.hidden()) == ([1, 2, 3, 4, 5, 6, 7], set())
    assert go(settings_of(table)).outcomes["skipped"] == 2


def test_a_slower_run_removes_its_files(table: Table, small: BatchModel) -> None:
    for again in ({}, {"MODEL_VERSION": "4", "BATCH_AGAIN": "replace"}):
        settings = settings_of(table, **again)
        slow = Batch(settings, lambda _: None, lambda: None)
        plan = slow.plan()
        go(settings)
        first = {day: table.manifest(day) for day in table.manifests()}
        assert slow.run(plan) == 0
        assert slow.outcomes["lost"] == 2
        assert {day: table.manifest(day) for day in table.manifests()} == first
        assert (all_ids(table), table.hidden()) == ([1, 2, 3, 4, 5, 6, 7], set())


def test_an_input_that_changes_meanwhile_and_a_run_that_took_too_long(table: Table, small: BatchModel) -> None:
    def change() -> None:
        table.put("day=1/b.parquet", id=[8, 9], value=[4.0, random.random()])

    batch = go(settings_of(table), check=change)
    assert (batch.outcomes["failed"], table.manifests(), table.hidden()) == (1, {"day=2"}, set())
    slow = go(replace(settings_of(table), orphan_seconds=0))
    assert (slow.outcomes["failed"], table.manifests(), table.hidden()) == (1, {"day=2"}, set())


def test_a_stop_between_two_batches(table: Table, small: BatchModel) -> None:
    for steps in range(3, 12):
        shutil.rmtree(table.target.name, ignore_errors=True)
        left = iter(range(steps))

        def check(left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise Stopped

        with pytest.raises(Stopped):
            go(settings_of(table), check=check)
        assert not table.hidden()
    go(settings_of(table))
    assert all_ids(table) == [1, 2, 3, 4, 5, 6, 7]


def many(tmp_path: Path, models: Path, partitions: int, rows: int) -> Table:
    made = Table(models / "several", FolderPlace(tmp_path / "in"), FolderPlace(tmp_path / "out"), {"BATCH_ROWS": "500"})
    for day in range(partitions):
        numbers = list(range(day * rows, (day + 1) * rows))
        made.put(f"day={day}/a.parquet", id=numbers, a=[float(number) for number in numbers], b=[1.0] * rows)
    return made


def test_kills_at_random_moments(tmp_path: Path, models: Path) -> None:
    chance, kills, rows = random.Random(20261130), 0, 4000
    table = many(tmp_path, models, 90, rows)
    before = 0
    while kills < 20:
        process = table.start()
        assert process.stderr is not None
        for line in process.stderr:
            if "predicted:" in line or ("to predict" in line and chance.random() < 0.1):
                break
        time.sleep(chance.random() * 0.2)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        if process.returncode != -signal.SIGKILL:
            # It was done before the kill: begin anew.
            shutil.rmtree(table.target.name)
            before = 0
            continue
        kills += 1
        manifests = table.manifests()
        assert len(manifests) >= before
        before = len(manifests)
        for day in manifests:
            assert table.manifest(day)["rows"] == rows
    end = table.run()
    assert (end.code, end.partitions()["skipped"] >= before) == (0, True), end.said
    assert all_ids(table) == list(range(90 * rows))
    age(table)
    assert table.run().code == 0
    assert table.hidden() == set()


def test_two_processes_on_the_same_partitions(tmp_path: Path, models: Path) -> None:
    table = many(tmp_path, models, 12, 2000)
    ends = [finished(process) for process in [table.start(), table.start()]]
    assert [end.code for end in ends] == [0, 0], ends
    done = [end.partitions() for end in ends]
    assert sum(each.get("predicted", 0) for each in done) == 12, done
    assert (all_ids(table), table.hidden()) == (list(range(12 * 2000)), set())


def test_a_signal_ends_it_and_the_next_run_goes_on(tmp_path: Path, models: Path) -> None:
    table = many(tmp_path, models, 1, 60_000)
    process = table.start(BATCH_ROWS=1)
    assert process.stderr is not None
    assert "to predict" in process.stderr.readline()
    time.sleep(7)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    end = finished(process)
    assert (end.code, time.monotonic() - began < 5) == (143, True), end
    assert (table.target.names(), "the next run goes on" in end.said) == (set(), True), end.said
    assert table.run().code == 0
    assert all_ids(table) == list(range(60_000))


def test_a_prediction_that_takes_long_does_not_hold_up_the_end(tmp_path: Path, models: Path) -> None:
    table = Table(models / "moody", FolderPlace(tmp_path / "in"), FolderPlace(tmp_path / "out"), {})
    table.put("a.parquet", mood=["sleep"], value=[60.0])
    process = table.start()
    assert process.stderr is not None
    assert "to predict" in process.stderr.readline()
    time.sleep(6)
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 143
    assert time.monotonic() - began < 5.5
    assert table.target.names() == set()
