"""Connects to the source that the variables name."""

import threading
from collections.abc import Callable

from .lag import Lag
from .records import Connection
from .settings import KafkaSettings, Settings

Say = Callable[[str], None]


def connector(settings: Settings, lag: Lag, say: Say, stopped: threading.Event) -> Callable[[], Connection]:
    """What makes a connection. It loads only the library of the source that is used.

    :param stopped: set by a signal.
    """
    source = settings.source
    if isinstance(source, KafkaSettings):
        from .kafka.connection import Kafka

        return lambda: Kafka(settings, source, lag, say, stopped)
    from .kinesis.connection import Kinesis
    from .kinesis.leases import Run

    run = Run(settings.pod)
    return lambda: Kinesis(settings, source, run, lag, say, stopped)
