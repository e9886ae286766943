"""Runs batch-predict as a process, and reads what it has left as a reader is told to: by the manifests alone."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
import pyarrow.parquet as pq

from .process import PROJECT

MOTO = PROJECT.parent.parent / "test" / "promotion" / "ledger" / "moto" / "serve.py"
"""moto checks `If-None-Match` and writes in two steps, so two writers may both win. This one answers one request at a time."""


class Place(Protocol):
    """Where a table lies, seen by a test and not through the code that is tested."""

    name: str

    def write(self, path: str, data: bytes) -> None: ...

    def read(self, path: str) -> bytes: ...

    def names(self) -> set[str]: ...

    def remove(self, path: str) -> None: ...


class FolderPlace:
    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self.folder = folder

    def write(self, path: str, data: bytes) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(data)

    def read(self, path: str) -> bytes:
        return (self.folder / path).read_bytes()

    def names(self) -> set[str]:
        return {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()}

    def remove(self, path: str) -> None:
        (self.folder / path).unlink()


class S3Place:
    def __init__(self, s3: Any, bucket: str, prefix: str) -> None:
        self.name = f"s3://{bucket}/{prefix}"
        self.s3, self.bucket, self.prefix = s3, bucket, f"{prefix}/"

    def write(self, path: str, data: bytes) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=self.prefix + path, Body=data)

    def read(self, path: str) -> bytes:
        body: bytes = self.s3.get_object(Bucket=self.bucket, Key=self.prefix + path)["Body"].read()
        return body

    def names(self) -> set[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        return {item["Key"].removeprefix(self.prefix) for page in pages for item in page.get("Contents", [])}

    def remove(self, path: str) -> None:
        self.s3.delete_object(Bucket=self.bucket, Key=self.prefix + path)


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of an S3."""
    server = subprocess.Popen([sys.executable, str(MOTO)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip()
    finally:
        server.terminate()
        server.wait(20)


def parquet(frame: pd.DataFrame, **options: Any) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, index=False, **options)
    return buffer.getvalue()


@dataclass
class Table:
    """An input and an output, and a model."""

    model: Path
    source: Place
    target: Place
    more: Mapping[str, str]

    def put(self, path: str, **columns: Any) -> None:
        self.source.write(path, parquet(pd.DataFrame(columns)))

    def variables(self, **more: Any) -> dict[str, str]:
        own = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(PROJECT),
            "MODEL_NAME": "fraud",
            "MODEL_VERSION": "3",
            "MODEL_DIR": self.model,
            "BATCH_INPUT": f"{self.source.name}/",
            "BATCH_OUTPUT": f"{self.target.name}/",
        }
        return {name: str(value) for name, value in (own | dict(self.more) | more).items()}

    def start(self, *arguments: str, **more: Any) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "batch_predict", *arguments]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, env=self.variables(**more), stdout=pipe, stderr=pipe, text=True)

    def run(self, *arguments: str, **more: Any) -> "Run":
        return finished(self.start(*arguments, **more))

    def manifest(self, partition: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.target.read(f"{partition}/_manifest.json".lstrip("/")))
        return told

    def manifests(self) -> set[str]:
        return {name.rpartition("/")[0] for name in self.target.names() if name.split("/")[-1] == "_manifest.json"}

    def read(self, partition: str, kind: str = "outputs") -> pd.DataFrame:
        """What a manifest makes visible."""
        frames = []
        for file in self.manifest(partition)[kind]:
            data = self.target.read(f"{partition}/{file['path']}".lstrip("/"))
            frame = pq.read_table(io.BytesIO(data)).to_pandas()
            assert (len(data), len(frame)) == (file["bytes"], file["rows"])
            frames.append(frame)
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def hidden(self) -> set[str]:
        """Files of the output that no manifest names, other than locks."""
        named = {f"{partition}/_manifest.json".lstrip("/") for partition in self.manifests()}
        for partition in self.manifests():
            told = self.manifest(partition)
            named |= {f"{partition}/{file['path']}".lstrip("/") for file in (*told["outputs"], *told["rejected"])}
        return {name for name in self.target.names() - named if not name.endswith(".manifest.lock")}


@dataclass
class Run:
    code: int
    summary: dict[str, Any]
    out: str
    said: str

    def partitions(self) -> dict[str, int]:
        return {name: count for name, count in self.summary["partitions"].items() if count}


def finished(process: "subprocess.Popen[str]") -> Run:
    out, said = process.communicate(timeout=300)
    assert "Traceback" not in said, said
    last = out.strip().splitlines()[-1] if out.strip() else ""
    return Run(process.returncode, json.loads(last) if last.startswith("{") else {}, out, said)
