"""The variables of the server, as docs/model-server.md lists them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .errors import StartError
from .variables import WRONG_VARIABLE, Variables


@dataclass(frozen=True)
class Settings:
    """What the environment says, checked."""

    name: str
    """Name of the model, `MODEL_NAME`."""
    version: str
    """Registered version, `MODEL_VERSION`; every answer carries it."""
    folder: Path
    """Folder of the model's files, `MODEL_DIR`."""
    uri: str = ""
    """Where the files came from, `MODEL_URI`; only told in the metrics."""
    sha256: str = ""
    """Digest of the files, `MODEL_SHA256`: others are not loaded. Without it none is compared."""
    host: str = "0.0.0.0"  # noqa: S104 - a pod's own address is not known before it starts
    """Address to listen on, `HOST`."""
    port: int = 8080
    """Port of HTTP, `PORT`."""
    grpc_port: int = 8081
    """Port of gRPC, `GRPC_PORT`; 0 is no gRPC."""
    request_seconds: float = 10
    """Longest time that an answer takes once the body has arrived, and that the end of the server takes, `REQUEST_SECONDS`."""
    body_seconds: float = 10
    """Longest time in which the head, and then the body, of a request arrives, `BODY_SECONDS`."""
    idle_seconds: float = 3900
    """Time for which an idle connection is kept, longer than a gateway keeps it, `IDLE_SECONDS`."""
    body_bytes: int = 10 * 1024 * 1024
    """Largest body, also after it is unpacked, `MAX_BODY_BYTES`."""
    requests: int = 1024
    """Requests that run or wait at the same time, `MAX_REQUESTS`."""
    connections: int = 4096
    """Connections at the same time, `MAX_CONNECTIONS`."""
    threads: int = 1
    """Predictions at the same time, `PREDICT_THREADS`. Default: the CPUs that the process may use, at most 8."""


def model_settings(variables: Mapping[str, str] = os.environ) -> Settings:
    """Read and check what names the model, for programs that serve nobody.

    :raises StartError: names the variable, its value and what it must be.
    """
    read = Variables(variables)
    folder = Path(read.text("MODEL_DIR", r".+", "the folder of the model's files"))
    if not (folder / "MLmodel").is_file():
        raise StartError(f"MODEL_DIR must be a folder that fetch-model filled, and {folder} has no file MLmodel", WRONG_VARIABLE)
    return Settings(
        name=read.text("MODEL_NAME", r"[A-Za-z0-9][\w.-]{0,127}", "a name of letters, digits, '.', '_' and '-'"),
        version=read.text("MODEL_VERSION", r"[\w.-]{1,64}", "a registered version, such as 3"),
        folder=folder,
        uri=variables.get("MODEL_URI", ""),
        sha256=read.text("MODEL_SHA256", r"([0-9a-f]{64})?", "64 hexadecimal digits", ""),
    )


def read_settings(variables: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the variables.

    :raises StartError: names the variable, its value and what it must be.
    """
    read = Variables(variables)
    settings = replace(
        model_settings(variables),
        host=read.address("HOST", Settings.host),
        port=read.whole("PORT", Settings.port, 1, 65_535),
        grpc_port=read.whole("GRPC_PORT", Settings.grpc_port, 0, 65_535),
        request_seconds=read.whole("REQUEST_SECONDS", int(Settings.request_seconds), 1, 3600),
        body_seconds=read.whole("BODY_SECONDS", int(Settings.body_seconds), 1, 3600),
        idle_seconds=read.whole("IDLE_SECONDS", int(Settings.idle_seconds), 1, 86_400),
        body_bytes=read.whole("MAX_BODY_BYTES", Settings.body_bytes, 1024, 2**30),
        requests=read.whole("MAX_REQUESTS", Settings.requests, 1, 100_000),
        connections=read.whole("MAX_CONNECTIONS", Settings.connections, 1, 100_000),
        threads=read.whole("PREDICT_THREADS", min(8, len(os.sched_getaffinity(0))), 1, 256),
    )
    if settings.port == settings.grpc_port:
        raise StartError(f"GRPC_PORT must differ from PORT, got {settings.port} for both", WRONG_VARIABLE)
    return settings
