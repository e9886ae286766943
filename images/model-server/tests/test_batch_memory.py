"""A million rows in one row group of one file: memory does not grow with them."""

import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from .batch import FolderPlace, Table, finished

ROWS = 1_000_000
MOST_BYTES = 400 * 1024 * 1024
"""Over the loaded model."""


def test_memory_is_bounded(tmp_path: Path, models: Path) -> None:
    table = Table(models / "several", FolderPlace(tmp_path / "in"), FolderPlace(tmp_path / "out"), {})
    chance = np.random.default_rng(1)
    numbers = {name: pa.array(chance.random(ROWS)) for name in ("a", "b")}
    ids = pa.array(np.arange(ROWS))
    # 700 MiB of text to keep: more than may be in memory.
    notes = pc.binary_join_element_wise(ids.cast(pa.string()), "x" * 700, "")
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({"id": ids, **numbers, "note": notes}), tmp_path / "in" / "a.parquet", row_group_size=ROWS)
    del notes
    few = Table(table.model, FolderPlace(tmp_path / "few"), FolderPlace(tmp_path / "few-out"), {})
    few.put("a.parquet", id=[1], a=[1.0], b=[1.0], note=["x"])
    loaded, _ = most_memory(few)
    most, said = most_memory(table)
    print(f"loaded {loaded / 2**20:.0f} MiB, most {most / 2**20:.0f} MiB: {said}")
    assert most - loaded < MOST_BYTES, f"{(most - loaded) / 2**20:.0f} MiB over the loaded model"
    files = [tmp_path / "out" / file["path"] for file in table.manifest("")["outputs"]]
    assert np.array_equal(
        np.concatenate([pq.read_table(file, columns=["id"])["id"].to_numpy() for file in files]), np.arange(ROWS)
    )


def most_memory(table: Table) -> tuple[int, str]:
    """The largest resident memory of a run, bytes, and what it said."""
    process = table.start()
    watched, most = psutil.Process(process.pid), 0
    while process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            most = max(most, watched.memory_info().rss)
        time.sleep(0.01)
    end = finished(process)
    assert end.code == 0, end.said
    return most, end.said
