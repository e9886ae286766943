"""The life of the server: listen, load, serve, end."""

import asyncio
import gc
import logging
import signal
from time import time
from typing import Any

import uvicorn

from .connection import connection_class
from .errors import StartError
from .http import Application
from .listening import Uvicorn, listen
from .metrics import Metrics
from .settings import Settings
from .work import Work

_log = logging.getLogger(__name__)


async def serve(settings: Settings, began: float) -> None:
    """Serve until a SIGTERM.

    HTTP answers from the beginning, so that probes and metrics see a model that loads; it is ready once the model has answered.

    :param began: when the process began, seconds of the epoch.
    :raises StartError: when the model cannot be served.
    """
    metrics = Metrics(settings)
    work = Work(settings, metrics)
    application = Application(settings, metrics, work)
    config = uvicorn.Config(
        application,
        http=connection_class(settings.connections, settings.body_seconds),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        backlog=2048,
        headers=[("x-model-version", settings.version)],
        timeout_keep_alive=int(settings.idle_seconds),
        timeout_graceful_shutdown=int(settings.request_seconds),
    )
    server = Uvicorn(config)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    http = asyncio.create_task(server.serve([listen(settings.host, settings.port, "PORT")]))
    loading = asyncio.create_task(_load(application, settings, metrics, work))
    waiting = asyncio.create_task(ended.wait())
    await asyncio.wait((loading, waiting), return_when=asyncio.FIRST_COMPLETED)
    grpc = None
    if loading.done():
        try:
            grpc = loading.result()
        except StartError:
            server.should_exit = True
            await http
            raise
        metrics.load_seconds.set(time() - began)
        metrics.ready.set(1)
        work.ready = True
        _log.info("%s version %s answers on %s:%s", settings.name, settings.version, settings.host, settings.port)
        await waiting
    _log.info("ending: %d requests are running", work.requests)
    metrics.ready.set(0)
    server.should_exit = True
    stopping = [asyncio.create_task(grpc.stop(settings.request_seconds))] if grpc is not None else []
    await asyncio.gather(http, *stopping)


async def _load(application: Application, settings: Settings, metrics: Metrics, work: Work) -> Any:
    def load() -> tuple[Any, Any]:
        from .invocations import add_invocations
        from .kserve_sdk import DataPlane, ModelRepository
        from .model import MlflowModel
        from .v2 import add_v2
        from .verified import verified_digest

        if settings.sha256:
            verified_digest(settings.folder, settings.sha256)
        model = MlflowModel(settings, metrics, work)
        model.load()
        repository = ModelRepository()
        repository.update(model)
        plane = DataPlane(repository)
        add_invocations(application, model, work, settings)
        add_v2(application, model, plane, work, settings)
        # What was loaded stays: the collector need not look at it again, and forked pages would stay shared.
        gc.enable()
        gc.collect()
        gc.freeze()
        return plane, model

    plane, model = await asyncio.to_thread(load)
    if settings.grpc_port == 0:
        return None
    from .rpc import start_grpc

    return await start_grpc(settings, plane, model, work)
