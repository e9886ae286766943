"""A table below a prefix of an S3 bucket. `AWS_ENDPOINT_URL_S3` names another endpoint than AWS's."""

import time
from collections.abc import Iterable
from typing import Any, BinaryIO, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from model_server.errors import one_line

from ..errors import StoreFailed
from .ranges import RangeFile
from .store import Data, Entry

TRIES = 5
"""Times that a step is tried when its connection broke or a writer of the same key was in the way."""


class S3:
    """See `Store`. A file has at most 5 GB, because it is written with one request."""

    def __init__(self, place: str) -> None:
        self.name = place
        self._bucket, _, prefix = place.removeprefix("s3://").partition("/")
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        try:
            self._s3: Any = boto3.client(
                "s3", config=Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10, read_timeout=60)
            )
        except (BotoCoreError, ValueError) as error:
            raise StoreFailed(f"S3 cannot be used for {place}: {one_line(error)}") from error

    def list(self, folder: str = "") -> Iterable[Entry]:
        """See `Store.list`. A folder that somebody made in the console is an empty object, and no file."""
        prefix = f"{self._prefix}{folder}/" if folder else self._prefix
        try:
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            return [
                Entry(item["Key"][len(self._prefix) :], item["Size"], item["LastModified"].timestamp(), item["ETag"].strip('"'))
                for page in pages
                for item in page.get("Contents", [])
                if not item["Key"].endswith("/")
            ]
        except (BotoCoreError, ClientError) as error:
            raise self._failure(error, "s3:ListBucket", folder) from error

    def fingerprint(self, entry: Entry) -> dict[str, Any]:
        """See `Store.fingerprint`."""
        return {"etag": entry.tag}

    def open(self, entry: Entry) -> BinaryIO:
        """See `Store.open`: each request asks for the ETag that was listed."""
        return cast("BinaryIO", RangeFile(entry.size, lambda start, size: self._range(entry, start, size)))

    def read(self, path: str) -> tuple[bytes, str] | None:
        """See `Store.read`."""
        try:
            answer = self._s3.get_object(Bucket=self._bucket, Key=self._prefix + path)
            return answer["Body"].read(), answer["ETag"]
        except (BotoCoreError, ClientError, OSError) as error:
            if _code(error) in ("NoSuchKey", "404"):
                return None
            raise self._failure(error, "s3:GetObject", path) from error

    def write(self, path: str, data: Data) -> None:
        """See `Store.write`."""
        self._put(path, data)

    def create(self, path: str, data: Data) -> bool:
        """See `Store.create`."""
        return self._put(path, data, IfNoneMatch="*")

    def replace(self, path: str, data: Data, tag: str) -> bool:
        """See `Store.replace`."""
        return self._put(path, data, IfMatch=tag)

    def remove(self, path: str) -> None:
        """See `Store.remove`."""
        try:
            self._s3.delete_object(Bucket=self._bucket, Key=self._prefix + path)
        except (BotoCoreError, ClientError, OSError) as error:
            raise self._failure(error, "s3:DeleteObject", path) from error

    def _put(self, path: str, data: Data, **condition: str) -> bool:
        for attempt in range(TRIES):
            try:
                self._s3.put_object(Bucket=self._bucket, Key=self._prefix + path, Body=bytes(data), **condition)
                return True
            except (BotoCoreError, ClientError, OSError) as error:
                code = _code(error)
                if condition and code in ("PreconditionFailed", "412", "NoSuchKey", "404"):
                    return False
                if code not in ("ConditionalRequestConflict", "409") or attempt == TRIES - 1:
                    raise self._failure(error, "s3:PutObject", path) from error
                time.sleep(0.2 * 2**attempt)
        raise AssertionError("the last attempt has raised")

    def _range(self, entry: Entry, start: int, size: int) -> bytes:
        wanted = {"Range": f"bytes={start}-{start + size - 1}", "IfMatch": f'"{entry.tag}"'}
        for attempt in range(TRIES):
            try:
                body = self._s3.get_object(Bucket=self._bucket, Key=self._prefix + entry.path, **wanted)["Body"]
                return cast("bytes", body.read())
            except ClientError as error:
                raise self._failure(error, "s3:GetObject", entry.path) from error
            except (BotoCoreError, OSError) as error:
                if attempt == TRIES - 1 or isinstance(error, NoCredentialsError):
                    raise self._failure(error, "s3:GetObject", entry.path) from error
                time.sleep(0.2 * 2**attempt)
        raise AssertionError("the last attempt has raised")

    def _failure(self, error: Exception, action: str, path: str) -> StoreFailed:
        where = f"s3://{self._bucket}/{self._prefix}{path}"
        code = _code(error)
        if isinstance(error, NoCredentialsError):
            return StoreFailed(
                "there are no AWS credentials: give the service account a Pod Identity association, or set AWS_PROFILE"
            )
        if code in ("AccessDenied", "403", "AllAccessDisabled"):
            return StoreFailed(f"S3 refuses {action} on {where}: give the role this right, and those of its KMS key")
        if code in ("PreconditionFailed", "412", "NoSuchKey", "404"):
            return StoreFailed(f"{where} was replaced or removed while it was read: run again")
        return StoreFailed(f"S3 does not answer for {where}: {one_line(error)}")


def _code(error: Exception) -> str:
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""
