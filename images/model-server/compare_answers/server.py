"""The life of the comparer: listen, compare, end."""

import asyncio
import logging
import signal

import uvicorn

from model_server.connection import connection_class
from model_server.listening import Uvicorn, listen

from .http import BODY_SECONDS, Application
from .metrics import Metrics
from .settings import Settings
from .work import Work

_log = logging.getLogger(__name__)

CONNECTIONS = 1024
"""Connections at the same time; more are closed."""
IDLE_SECONDS = 3900
"""Time for which an idle connection is kept, longer than a gateway keeps it."""
END_SECONDS = 5
"""Longest time of the end."""


async def serve(settings: Settings) -> None:
    """Compare until a SIGTERM.

    :raises StartError: when the port cannot be listened on.
    """
    metrics = Metrics()
    work = Work(settings, metrics)
    config = uvicorn.Config(
        Application(settings, metrics, work),
        http=connection_class(CONNECTIONS, BODY_SECONDS),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=END_SECONDS,
    )
    listening = listen(settings.host, settings.port, "COMPARE_PORT")
    server = Uvicorn(config)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    work.start()
    http = asyncio.create_task(server.serve([listening]))
    _log.info("compares %s with %s on %s:%s", settings.old, settings.new, settings.host, settings.port)
    await ended.wait()
    _log.info("ending")
    server.should_exit = True
    await asyncio.gather(http, work.end(END_SECONDS))
