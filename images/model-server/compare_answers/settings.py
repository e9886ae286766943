"""The variables of the comparer, as docs/model-server.md lists them."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from model_server.variables import Variables, wrong

_URL = r"http://([A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\])(:([0-9]{1,5}))?/?"


@dataclass(frozen=True)
class Settings:
    """What the environment says, checked."""

    old: str
    """Base URL of the version that serves, without a slash at its end, `COMPARE_OLD`."""
    new: str
    """Base URL of the new version, without a slash at its end, `COMPARE_NEW`."""
    host: str = "0.0.0.0"  # noqa: S104 - a pod's own address is not known before it starts
    """Address to listen on, `COMPARE_HOST`."""
    port: int = 8080
    """Port of HTTP, `COMPARE_PORT`."""
    tolerance: float = 0.01
    """Two numbers differ when they are farther from each other than this, `COMPARE_TOLERANCE`."""
    timeout_seconds: float = 10
    """Longest time for the whole answer of one version, `COMPARE_TIMEOUT_SECONDS`."""
    queue: int = 256
    """Requests that wait, `COMPARE_QUEUE`."""
    workers: int = 8
    """Requests that are compared at the same time, `COMPARE_WORKERS`."""
    body_bytes: int = 1024 * 1024
    """Largest body of a request, and of an answer, `COMPARE_MAX_BODY_BYTES`."""


def read_settings(variables: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the variables.

    :raises StartError: names the variable, its value and what it must be.
    """
    read = Variables(variables)

    def url(name: str) -> str:
        value = variables.get(name, "").strip()
        found = re.fullmatch(_URL, value)
        if found is None or not 0 < int(found[3] or 80) <= 65_535:
            raise wrong(name, "a base URL such as http://fraud:8080", value)
        return value.removesuffix("/")

    settings = Settings(
        old=url("COMPARE_OLD"),
        new=url("COMPARE_NEW"),
        host=read.address("COMPARE_HOST", Settings.host),
        port=read.whole("COMPARE_PORT", Settings.port, 1, 65_535),
        tolerance=read.number("COMPARE_TOLERANCE", Settings.tolerance, 0, 1e12),
        timeout_seconds=read.number("COMPARE_TIMEOUT_SECONDS", Settings.timeout_seconds, 0.1, 300),
        queue=read.whole("COMPARE_QUEUE", Settings.queue, 1, 100_000),
        workers=read.whole("COMPARE_WORKERS", Settings.workers, 1, 256),
        body_bytes=read.whole("COMPARE_MAX_BODY_BYTES", Settings.body_bytes, 1024, 2**30),
    )
    if settings.old == settings.new:
        raise wrong("COMPARE_NEW", "another URL than COMPARE_OLD", settings.new)
    return settings
