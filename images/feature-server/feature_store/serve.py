"""The feature server: Feast's own, of which only the routes that read remain."""

import feast.metrics  # noqa: I001 - it says where counters are kept, which prometheus_client must know before it is imported.

import signal
import sys

import uvicorn
from fastapi import FastAPI
from feast import FeatureStore
from feast.feature_server import get_app
from feast.permissions.server.utils import ServerType, init_auth_manager, init_security_manager, str_to_auth_manager_type
from prometheus_client import Gauge

READING = {"/get-online-features", "/health"}
"""What callers may do. Jobs write, as a user of the database that may; the server's user may not."""

DRAIN_SECONDS = 20

TTL = Gauge(
    "millrace_feature_view_ttl_seconds",
    "Age from which values of a feature view are not served any more",
    ["feature_view", "project"],
    multiprocess_mode="max",
)
"""Beside Feast's `feast_feature_freshness_seconds`, which has no series for a view that was never materialized."""


def serve(store: FeatureStore, host: str, port: int, metrics_port: int) -> None:
    """Answer until SIGTERM, and then end what has begun."""
    app = reading_app(store)
    feast.metrics.start_metrics_server(store, metrics_port)
    for view in store.list_feature_views():
        if view.ttl and view.online:
            TTL.labels(view.name, store.project).set(view.ttl.total_seconds())
    # uvicorn ends by the signal itself, which would leave the process that shows the metrics behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(app, host=host, port=port, access_log=False, timeout_keep_alive=120, timeout_graceful_shutdown=DRAIN_SECONDS)


def reading_app(store: FeatureStore) -> FastAPI:
    """Feast's server without the routes that write, search or show pages. The network policy says who may call."""
    auth = store.config.auth_config
    kind = str_to_auth_manager_type(auth.type)
    init_security_manager(auth_type=kind, fs=store)
    init_auth_manager(auth_type=kind, server_type=ServerType.REST, auth_config=auth)
    # The registry renews its copy by itself; the server's own timer ends at its first error and never starts again.
    app: FastAPI = get_app(store, registry_ttl_sec=0)
    app.router.routes = [route for route in app.router.routes if getattr(route, "path", None) in READING]
    return app
