"""`s3://<bucket>/<folder>`, with the SDK's default chain of credentials. `AWS_ENDPOINT_URL_S3` names another endpoint."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from ..digest import CHUNK
from ..errors import FetchError, NotThere, Unreachable, WrongVariable, is_of_folder, one_line
from .source import Remote

TRIES = 5
"""Times that a download goes on after its connection broke, besides the SDK's own tries."""


class S3:
    """A folder of a bucket."""

    def __init__(self, uri: str) -> None:
        parts = urlsplit(uri)
        self._bucket, self._prefix = parts.netloc, parts.path.strip("/")
        if not self._bucket or not self._prefix or parts.query or parts.fragment:
            raise WrongVariable(f"MODEL_URI must be s3://<bucket>/<folder>, got {uri[:200]!r}")
        try:
            self._s3: Any = boto3.client(
                "s3", config=Config(retries={"mode": "standard", "max_attempts": 5}, connect_timeout=10, read_timeout=60)
            )
        except (BotoCoreError, ValueError) as error:
            raise WrongVariable(f"S3 cannot be used: {error}") from error

    def list(self) -> Iterable[Remote]:
        """See `Source.list`."""
        try:
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=f"{self._prefix}/")
            for item in (item for page in pages for item in page.get("Contents", [])):
                path = item["Key"][len(self._prefix) + 1 :]
                # A folder that somebody made in the console is an empty object.
                if not (path == "" or (path.endswith("/") and item["Size"] == 0)):
                    yield Remote(path, item["Size"], item["ETag"])
        except (BotoCoreError, ClientError) as error:
            raise self._failure(error, "s3:ListBucket") from error

    def download(self, remote: Remote, part: Path) -> None:
        """See `Download`. A part goes on where it ends, if the object is still the same."""
        for attempt in range(TRIES):
            try:
                self._go_on(remote, part)
                return
            except ClientError as error:
                raise self._failure(error, "s3:GetObject") from error
            except (BotoCoreError, OSError) as error:
                if isinstance(error, OSError) and is_of_folder(error):
                    raise
                # The connection broke; what has arrived stays.
                if attempt == TRIES - 1:
                    raise self._failure(error, "s3:GetObject") from error
                time.sleep(0.2 * 2**attempt)

    def _go_on(self, remote: Remote, part: Path) -> None:
        there = part.stat().st_size if part.exists() else 0
        if there == remote.size and there > 0:
            return
        if remote.size is not None and there > remote.size:
            part.unlink()
            there = 0
        wanted = {"Range": f"bytes={there}-"} if there else {}
        answer = self._s3.get_object(Bucket=self._bucket, Key=f"{self._prefix}/{remote.path}", IfMatch=remote.tag, **wanted)
        with part.open("ab") as file:
            for chunk in answer["Body"].iter_chunks(CHUNK):
                file.write(chunk)

    def _failure(self, error: Exception, action: str) -> FetchError:
        where = f"s3://{self._bucket}/{self._prefix}"
        if isinstance(error, NoCredentialsError):
            return Unreachable(
                "there are no AWS credentials: give the service account a Pod Identity association, or set AWS_PROFILE"
            )
        if isinstance(error, ClientError):
            code = error.response.get("Error", {}).get("Code", "")
            if code in ("AccessDenied", "403", "AllAccessDisabled"):
                return Unreachable(f"S3 refuses {action} on {where}: give the role this right, and kms:Decrypt on its key")
            if code in ("NoSuchBucket", "NoSuchKey", "404"):
                return NotThere(f"there is no {where} ({code})")
            if code in ("PreconditionFailed", "412"):
                return Unreachable(f"an object of {where} changed while it was fetched: fetch again")
        return Unreachable(f"S3 does not answer for {where}: {one_line(error)}")
