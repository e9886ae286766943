"""Online stores of Feast that heal themselves and serve no value that is too old.

Feast 0.67 loses a connection of its pool at every error, and serves values beyond the `ttl` of their view, which training
never sees.
"""

import contextlib
from collections.abc import AsyncGenerator, Generator, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from feast.feature_view import FeatureView
from feast.infra.online_stores.dynamodb import DynamoDBOnlineStore, DynamoDBOnlineStoreConfig
from feast.infra.online_stores.postgres_online_store.postgres import PostgreSQLOnlineStore, PostgreSQLOnlineStoreConfig
from feast.repo_config import RepoConfig
from psycopg import AsyncConnection, Connection
from psycopg_pool import AsyncConnectionPool, ConnectionPool

Row = tuple[datetime | None, dict[str, Any] | None]

WAIT_SECONDS = 3.0
"""How long a request waits for a connection: less than callers wait for an answer."""


class _Expiring:
    """Gives nothing for an entity whose values are older than the `ttl` of their view, as Feast does for training."""

    def online_read(self, config: RepoConfig, table: FeatureView, *args: Any, **kwargs: Any) -> list[Row]:
        return fresh(table, super().online_read(config, table, *args, **kwargs))  # type: ignore[misc]

    async def online_read_async(self, config: RepoConfig, table: FeatureView, *args: Any, **kwargs: Any) -> list[Row]:
        return fresh(table, await super().online_read_async(config, table, *args, **kwargs))  # type: ignore[misc]


def fresh(view: FeatureView, rows: Sequence[Row]) -> list[Row]:
    """Rows of a view, without the values of those that are older than its `ttl`."""
    if not view.ttl:
        return list(rows)
    oldest = datetime.now(UTC) - view.ttl
    return [(None, None) if time is None or _aware(time) < oldest else (time, values) for time, values in rows]


def _aware(time: datetime) -> datetime:
    """PostgreSQL has the times in UTC, without saying so."""
    return time if time.tzinfo else time.replace(tzinfo=UTC)


class ServicePostgresOnlineStoreConfig(PostgreSQLOnlineStoreConfig):
    """Where PostgreSQL is. Who connects, and the password, are in libpq's service file (`PGSERVICEFILE`)."""

    type: Literal["feature_store.online.ServicePostgresOnlineStore"] = "feature_store.online.ServicePostgresOnlineStore"  # type: ignore[assignment]
    service: str
    """Section of the service file."""
    user: str = ""
    password: str = ""
    max_conn: int = 4
    """Connections of each of the two pools of a process: one for its threads, one for its event loop."""
    max_batched_result_rows: int = 0
    """A view is read by itself, so that its `ttl` is applied."""


class ServicePostgresOnlineStore(_Expiring, PostgreSQLOnlineStore):
    """PostgreSQL through pools that replace connections which broke."""

    @contextlib.contextmanager
    def _get_conn(self, config: RepoConfig, autocommit: bool = False) -> Generator[Connection, Any, Any]:
        if self._conn_pool is None:
            self._conn_pool = ConnectionPool(check=ConnectionPool.check_connection, open=True, **_pool(config.online_store))
        with self._conn_pool.connection() as connection:
            connection.set_autocommit(autocommit)
            yield connection

    @contextlib.asynccontextmanager
    async def _get_conn_async(self, config: RepoConfig, autocommit: bool = False) -> AsyncGenerator[AsyncConnection, Any]:
        if self._conn_pool_async is None:
            self._conn_pool_async = AsyncConnectionPool(
                check=AsyncConnectionPool.check_connection, open=False, **_pool(config.online_store)
            )
            await self._conn_pool_async.open()
        async with self._conn_pool_async.connection() as connection:
            await connection.set_autocommit(autocommit)
            yield connection


def _pool(store: ServicePostgresOnlineStoreConfig) -> dict[str, Any]:
    address = {
        "service": store.service,
        "host": store.host,
        "port": store.port,
        "dbname": store.database,
        "sslmode": store.sslmode,
        "sslrootcert": store.sslrootcert_path,
        "options": f"-c search_path={store.db_schema}",
        "connect_timeout": 5,
        "autocommit": True,
    }
    return {
        "kwargs": {key: value for key, value in address.items() if value is not None},
        "min_size": store.min_conn,
        "max_size": store.max_conn,
        "timeout": WAIT_SECONDS,
    }


class ExpiringDynamoDBOnlineStoreConfig(DynamoDBOnlineStoreConfig):
    """The settings of Feast's own store."""

    type: Literal["feature_store.online.ExpiringDynamoDBOnlineStore"] = "feature_store.online.ExpiringDynamoDBOnlineStore"  # type: ignore[assignment]


class ExpiringDynamoDBOnlineStore(_Expiring, DynamoDBOnlineStore):
    """DynamoDB, without values that are too old."""
