"""Rows in S3 and values in DynamoDB, by moto."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from feature_store.apply import apply, open_store, show_plan
from feature_store.materialize import materialize
from feature_store.skew import compare

from .conftest import DEFINITIONS, forget
from .ports import free_port
from .rows import HOUR, spending

SETTINGS = """project: test
provider: local
registry: {folder}/registry.db
offline_store: {{type: feature_store.offline.WholeFileOfflineStore}}
online_store: {{type: feature_store.online.ExpiringDynamoDBOnlineStore, region: eu-west-1}}
entity_key_serialization_version: 3
"""


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """AWS on this machine."""
    port = free_port()
    server = ThreadedMotoServer("127.0.0.1", port)
    server.start()
    url = f"http://127.0.0.1:{port}"
    for name, value in {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "eu-west-1",
        "FEATURES_DATA": "s3://features/rows",
    }.items():
        monkeypatch.setenv(name, value)
    yield url
    server.stop()


def test_the_same_definitions(endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    forget(monkeypatch)
    monkeypatch.chdir(tmp_path)
    now = datetime.now(UTC)
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="features", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    spending(range(40), now - HOUR, seed=1).to_parquet(tmp_path / "rows.parquet", index=False)
    s3.upload_file(str(tmp_path / "rows.parquet"), "features", "rows/card_spending/a.parquet")
    for name in ("fraud.py", "sources.py"):
        (tmp_path / name).write_text((DEFINITIONS / name).read_text())
    (tmp_path / "feature_store.yaml").write_text(SETTINGS.format(folder=tmp_path))
    apply(tmp_path)
    assert boto3.client("dynamodb").list_tables()["TableNames"] == ["test.card_spending"]
    assert [brought.rows for brought in materialize(open_store(tmp_path), now)] == [40]
    found = compare(open_store(tmp_path), "fraud", None, 1_000, None)
    assert (found.entities, found.differences) == (40, [])


def test_a_plan_against_the_branch_before(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        folder.mkdir()
        for file in DEFINITIONS.glob("*.*"):
            (folder / file.name).write_text(file.read_text())
    fraud = (after / "fraud.py").read_text()
    (after / "fraud.py").write_text(fraud.replace("timedelta(days=7)", "timedelta(days=2)"))
    show_plan(after, before)
    said = capfd.readouterr().out
    assert "card_spending" in said
    assert "ttl" in said
