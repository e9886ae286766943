"""batch-predict as a process, on folders and on S3: what it predicts, skips, refuses and replaces."""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pandas as pd
import pytest

from batch_predict.settings import read_settings
from fetch_model.digest import tree_digest
from model_server.errors import StartError

from .batch import FolderPlace, S3Place, Table, s3_server
from .process import PROJECT


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    with s3_server() as url:
        client: Any = boto3.client(
            "s3", endpoint_url=url, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1"
        )
        client.create_bucket(Bucket="tables")
        yield client


@pytest.fixture(params=["folder", "s3"])
def table(request: pytest.FixtureRequest, tmp_path: Path, models: Path) -> Table:
    if request.param == "folder":
        return Table(models / "several", FolderPlace(tmp_path / "in"), FolderPlace(tmp_path / "out"), {})
    client, name = request.getfixturevalue("s3"), uuid.uuid4().hex
    aws = {
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_S3": client.meta.endpoint_url,
    }
    return Table(models / "several", S3Place(client, "tables", f"{name}/in"), S3Place(client, "tables", f"{name}/out"), aws)


@pytest.fixture
def folder(tmp_path: Path, models: Path) -> Table:
    """With the model that fails on some rows."""
    return Table(models / "picky", FolderPlace(tmp_path / "in"), FolderPlace(tmp_path / "out"), {})


EU, US = "date=2026-11-30/region=eu", "date=2026-12-01/region=us"


def two_partitions(table: Table) -> None:
    table.put(f"{EU}/part-0.parquet", id=[1, 2], a=[1.0, 2.0], b=[0.5, 0.0], name=["x", None])
    table.put(f"{EU}/part-1.parquet", id=[3], a=[3.0], b=[0.0], name=["z"])
    table.put(f"{US}/part-0.parquet", id=[4], a=[4.0], b=[1.0], name=["w"])
    table.source.write(f"{US}/_SUCCESS", b"")
    table.source.write("_temporary/part-9.parquet", b"half")


def test_partitions_are_predicted_once_and_skipped_then(table: Table) -> None:
    two_partitions(table)
    dry = table.run("--dry-run")
    assert (dry.code, table.target.names()) == (0, set())
    assert f"predict {EU}  (2 files" in dry.out
    done = table.run()
    assert (done.code, done.partitions(), done.summary["rows"]) == (0, {"predicted": 2}, 4), done.said
    assert "2 partitions, 0 done before, 2 to predict" in done.said
    frame = table.read(EU)
    assert list(frame.columns) == ["id", "name", "sum", "twice", "model_version", "predicted_at"]
    assert frame["id"].tolist() == [1, 2, 3]
    assert frame["sum"].round(6).tolist() == [1.5, 2.0, 3.0]
    assert frame["twice"].round(6).tolist() == [2.0, 4.0, 6.0]
    assert str(frame["predicted_at"].dtype) == "datetime64[us, UTC]"
    assert set(frame["model_version"]) == {"3"}
    told = table.manifest(EU)
    assert told["model"] == {"name": "fraud", "version": "3", "sha256": tree_digest(table.model)}
    assert [file["path"] for file in told["inputs"]] == ["part-0.parquet", "part-1.parquet"]
    assert all(("etag" if table.more else "sha256") in file for file in told["inputs"])
    assert (told["rows"], told["rejected_rows"], told["generation"]) == (3, 0, 1)
    assert all(told["run"] in file["path"] for file in told["outputs"])
    before = {name: table.target.read(name) for name in table.target.names()}
    again = table.run()
    assert (again.code, again.partitions(), again.summary["rows"]) == (0, {"skipped": 2}, 0)
    assert {name: table.target.read(name) for name in table.target.names()} == before
    assert not table.hidden()


def test_other_files_and_other_versions_are_refused_or_replace(table: Table) -> None:
    two_partitions(table)
    assert table.run().code == 0
    first = table.manifest(EU)
    table.put(f"{EU}/part-1.parquet", id=[3, 30], a=[3.0, 30.0], b=[0.0, 0.0], name=["z", "z"])
    table.put("date=2026-12-02/region=us/new.parquet", id=[5], a=[5.0], b=[1.0], name=["w"])
    dry = table.run("--dry-run")
    assert (dry.code, f"refuse  {EU}" in dry.out, f"skip    {US}" in dry.out) == (4, True, True), dry.out
    refused = table.run()
    assert (refused.code, refused.partitions()) == (4, {"refused": 1, "skipped": 1, "predicted": 1})
    assert f"{EU} refused: was predicted from other input files" in refused.said
    assert table.manifest(EU) == first
    replaced = table.run(BATCH_AGAIN="replace")
    assert (replaced.code, replaced.partitions()) == (0, {"replaced": 1, "skipped": 2}), replaced.said
    assert (table.manifest(EU)["generation"], table.read(EU)["id"].tolist()) == (2, [1, 2, 3, 30])
    assert not table.hidden()
    other = table.run(MODEL_VERSION="4", BATCH_PARTITIONS="date=2026-11-*")
    assert (other.code, other.partitions()) == (4, {"refused": 1})
    assert f"{EU} refused: was predicted by fraud 3, and this is fraud 4" in other.said
    other = table.run(MODEL_VERSION="4", BATCH_PARTITIONS="date=2026-11-*", BATCH_AGAIN="replace")
    assert (other.code, set(table.read(EU)["model_version"]), table.manifest(EU)["generation"]) == (0, {"4"}, 3)
    assert not table.hidden()


def test_an_empty_partition_a_table_without_partitions_and_nothing_at_all(table: Table) -> None:
    assert table.run().code == 5
    table.put("part-0.parquet", id=pd.array([], dtype="int64"), a=pd.array([], dtype="float64"), b=pd.array([], dtype="float64"))
    done = table.run()
    assert (done.code, done.partitions()) == (0, {"predicted": 1}), done.said
    assert (table.manifest("")["rows"], table.manifest("")["outputs"]) == (0, [])
    none = table.run(BATCH_PARTITIONS="date=*")
    assert (none.code, "fits BATCH_PARTITIONS (date=*)" in none.said) == (5, True)
    table.put("2026/part-0.parquet", a=[1.0])
    strange = table.run()
    assert (strange.code, "folder '2026' is not of the form name=value" in strange.said) == (3, True)


def test_files_that_do_not_fit_fail_alone(table: Table) -> None:
    two_partitions(table)
    table.put("date=1/region=x/lacks.parquet", id=[1], a=[1.0])
    table.put("date=2/region=x/text.parquet", id=[1], a=["1.0"], b=[1.0])
    table.put("date=3/region=x/null.parquet", id=[1, 2], a=[1.0, None], b=[1.0, 1.0])
    table.put("date=4/region=x/a.parquet", id=[1], a=[1.0], b=[1.0])
    table.put("date=4/region=x/b.parquet", id=["1"], a=[1.0], b=[1.0])
    table.source.write("date=5/region=x/broken.parquet", b"no parquet")
    table.target.write("date=6/region=x/_manifest.json", b"{}")
    table.put("date=6/region=x/part.parquet", id=[1], a=[1.0], b=[1.0])
    done = table.run()
    assert (done.code, done.partitions()) == (1, {"failed": 6, "predicted": 2}), done.said
    for words in (
        "date=1/region=x/lacks.parquet lacks the columns 'b', which the model's signature requires",
        "date=2/region=x/text.parquet has the column 'a' of type string, and the model takes a number from -1e30 to 1e30",
        "date=3/region=x/null.parquet, rows 1 to 2: Row 2 of column 'a' is nan, and must be a number from -1e30 to 1e30 (double)",
        "date=4/region=x/b.parquet has other columns to keep, or of other types, than date=4/region=x/a.parquet: 'id'",
        "date=5/region=x/broken.parquet is no Parquet file that can be read",
        "date=6/region=x/_manifest.json is no manifest of batch-predict",
    ):
        assert words in done.said, done.said
    assert table.manifests() == {EU, US, "date=6/region=x"}
    assert {name for name in table.target.names() if "/region=x" in name} == {"date=6/region=x/_manifest.json"}


def test_rows_on_which_the_model_fails(folder: Table) -> None:
    values = [float(value) for value in range(1, 99)]
    folder.put("day=1/a.parquet", id=range(100), value=[*values[:50], -1.0, 0.0, *values[50:]])
    folder.put("day=2/a.parquet", id=range(4), value=[1.0, -2.0, -3.0, 1.0])
    done = folder.run(BATCH_MAX_REJECTED_SHARE="0.02", BATCH_ROWS=30)
    assert (done.code, done.partitions(), done.summary["rejected"]) == (1, {"failed": 1, "predicted": 1}, 2), done.said
    good, bad = folder.read("day=1"), folder.read("day=1", "rejected")
    assert good["id"].tolist() == [*range(50), *range(52, 100)]
    assert good["prediction"].tolist() == [2 * value for value in values]
    assert list(bad.columns) == ["id", "prediction_error", "model_version", "predicted_at"]
    assert bad["id"].tolist() == [50, 51]
    assert bad["prediction_error"][0] == "KeyError: 'below zero: -1.0\\nsecond line'"
    assert "NaN or infinity" in bad["prediction_error"][1]
    assert all(file["path"].startswith("_rejected/part-") for file in folder.manifest("day=1")["rejected"])
    assert "day=2 failed: day=2/a.parquet, rows 1 to 4: the model fails on more rows than BATCH_MAX_REJECTED_SHARE" in done.said
    assert (folder.manifests(), folder.hidden()) == ({"day=1"}, set())


def test_a_model_that_answers_other_rows_or_ends_the_process(folder: Table) -> None:
    folder.put("day=1/a.parquet", id=[1, 2], value=[1.0, 99.0])
    done = folder.run()
    assert (done.code, "day=1/a.parquet, rows 1 to 2: the model answered 1 rows to 2" in done.said) == (1, True), done.said
    folder.put("day=1/a.parquet", id=[1, 2], value=[1.0, -9.0])
    process = folder.start()
    _, said = process.communicate(timeout=60)
    assert (process.returncode, "SystemExit" in said, folder.manifests()) == (1, True, set()), said


def test_columns_of_the_path_are_inputs_and_keys_are_chosen(folder: Table) -> None:
    folder.put("year=2026/region=a%20b/a.parquet", id=[1], other=["x"], value=[1.0])
    folder.put("year=x/region=__HIVE_DEFAULT_PARTITION__/a.parquet", id=[1], other=["x"], value=[1.0])
    folder.put("year=1/clash.parquet", prediction=[1], value=[1.0])
    done = folder.run(BATCH_KEEP="other, value")
    assert (done.code, done.partitions()) == (1, {"predicted": 1, "failed": 2}), done.said
    assert list(folder.read("year=2026/region=a%20b").columns) == [
        "other",
        "value",
        "prediction",
        "model_version",
        "predicted_at",
    ]
    assert "Row 1 of column 'year' is 'x', and must be a number from -1e30 to 1e30 (double) or null" in done.said
    assert "year=1/clash.parquet lacks the columns 'other', which BATCH_KEEP names" in done.said
    assert "has the column 'prediction', which the output has of its own" in folder.run(BATCH_PARTITIONS="year=1").said


def test_pods_share_the_partitions(folder: Table) -> None:
    for day in range(7):
        folder.put(f"day={day}/a.parquet", id=[day], value=[1.0])
    listed = [folder.run("--dry-run", BATCH_COMPLETIONS=3, JOB_COMPLETION_INDEX=pod).out.splitlines() for pod in range(3)]
    assert sorted(line.split()[1] for lines in listed for line in lines) == [f"day={day}" for day in range(7)]
    assert max(map(len, listed)) < 7


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("BATCH_INPUT", "", "BATCH_INPUT must be s3://<bucket>/<prefix>/ or an absolute path of a folder, got nothing"),
        ("BATCH_INPUT", "in", "got 'in'"),
        ("BATCH_OUTPUT", "s3:///x", "BATCH_OUTPUT must be s3://"),
        ("BATCH_OUTPUT", "{in}/below", "BATCH_OUTPUT must be outside of BATCH_INPUT"),
        ("BATCH_OUTPUT", "{in}/../out/../in", "BATCH_OUTPUT must be outside of BATCH_INPUT"),
        ("BATCH_ROWS", "0", "BATCH_ROWS must be a whole number from 1 to 10000000, got '0'"),
        ("BATCH_KEEP", "a,,b", "BATCH_KEEP must be names of columns"),
        ("BATCH_AGAIN", "yes", "BATCH_AGAIN must be 'replace' or nothing, got 'yes'"),
        ("BATCH_MAX_REJECTED_SHARE", "1.5", "BATCH_MAX_REJECTED_SHARE must be a number from 0 to 1, got '1.5'"),
        ("BATCH_ORPHAN_SECONDS", "1", "BATCH_ORPHAN_SECONDS must be"),
        ("JOB_COMPLETION_INDEX", "1", "JOB_COMPLETION_INDEX must be a whole number from 0 to 0, got '1'"),
        ("BATCH_COMPLETIONS", "-1", "BATCH_COMPLETIONS"),
        ("MODEL_NAME", "", "MODEL_NAME must be"),
        ("MODEL_DIR", "/nowhere", "has no file MLmodel"),
        ("MODEL_SHA256", "abc", "MODEL_SHA256 must be 64 hexadecimal digits"),
    ],
)
def test_a_wrong_variable(folder: Table, name: str, value: str, words: str) -> None:
    with pytest.raises(StartError) as refused:
        read_settings(folder.variables(**{name: value.replace("{in}", folder.source.name)}))
    assert (refused.value.exit_code, words in str(refused.value)) == (2, True), refused.value


def test_a_wrong_argument_a_wrong_digest_and_a_model_without_columns(folder: Table, models: Path) -> None:
    folder.put("a.parquet", id=[1], value=[1.0])
    assert (folder.run("--dryrun").code, folder.run(MODEL_SHA256="0" * 64).code) == (2, 1)
    done = folder.run(BATCH_ROWS="many")
    assert (done.code, done.said) == (2, "batch-predict: BATCH_ROWS must be a whole number from 1 to 10000000, got 'many'.\n")
    done = folder.run(MODEL_DIR=models / "tensor")
    assert (done.code, "no plain columns with names" in done.said) == (1, True), done.said
    assert folder.target.names() == set()


def test_an_image_without_pyarrow_says_so(folder: Table, tmp_path: Path) -> None:
    (tmp_path / "none" / "pyarrow").mkdir(parents=True)
    (tmp_path / "none" / "pyarrow" / "__init__.py").write_text("raise ModuleNotFoundError(name='pyarrow')")
    folder.put("a.parquet", id=[1], value=[1.0])
    variables = folder.variables(PYTHONPATH=f"{tmp_path}/none:{PROJECT}")
    done = subprocess.run([sys.executable, "-m", "batch_predict"], env=variables, capture_output=True, text=True)
    assert (done.returncode, "lacks the Python package 'pyarrow'" in done.stderr) == (1, True), done.stderr
