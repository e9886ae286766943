"""Compares what training reads with what is served, value by value."""

import json
import math
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pandas as pd
from feast import FeatureService, FeatureStore, FeatureView

from .errors import REFUSED, Stopped, one_line

SHOWN = 5
"""Differences that are told one by one."""
TIME = "event_timestamp"


@dataclass(frozen=True)
class Difference:
    """One value that is served and is not the one that training reads."""

    entity: dict[str, Any]
    feature: str
    offline: Any
    online: Any

    def told(self) -> str:
        """In one line."""
        return f"{self.feature} of {self.entity}: training reads {self.offline!r}, served is {self.online!r}"


@dataclass
class Comparison:
    """Both sides of a service at one moment."""

    service: str
    moment: str
    entities: int
    features: int
    expired: int = 0
    """Values that became older than their `ttl` between the two moments, and are not served any more."""
    differences: list[Difference] = field(default_factory=list)


def compare(store: FeatureStore, service_name: str, entities: pd.DataFrame | None, most: int, url: str | None) -> Comparison:
    """Compare the values of a service as of the moment up to which its views are materialized.

    :param entities: join keys and request values; without them, the newest `most` entities of the views' source are taken.
    :param url: of a feature server; without one, the online store is read by the SDK.
    :raises Stopped: when the service or a column does not exist, or its views are not materialized to one moment.
    """
    service = _service(store, service_name)
    views = _views(store, service)
    moment = _moment(views)
    rows = _sampled(store, views, service, moment, most) if entities is None else entities
    missing = sorted(set(_keys(views) + _request_fields(store, service)) - set(rows.columns))
    if missing:
        raise Stopped(
            f"--entities must have the columns {', '.join(missing)}, got {', '.join(map(str, rows.columns))}", exit_code=REFUSED
        )
    rows = rows[_keys(views) + _request_fields(store, service)].reset_index(drop=True)
    online = _served(url, service_name, rows) if url else _read_online(store, service, rows)
    names = sorted(set(online.columns) - set(rows.columns))
    offline = _offline(store, service, rows, moment)
    found = Comparison(service_name, moment.isoformat(timespec="seconds"), len(rows), len(names))
    apart = [(row, name) for name in names for row in range(len(rows)) if not same(offline[name][row], online[name][row])]
    if any(absent(online[name][row]) for row, name in apart):
        later = _offline(store, service, rows, datetime.now(UTC))
        gone = [(row, name) for row, name in apart if absent(online[name][row]) and absent(later[name][row])]
        found.expired = len(gone)
        apart = [each for each in apart if each not in set(gone)]
    found.differences = [
        Difference({str(key): value for key, value in rows.iloc[row].items()}, name, offline[name][row], online[name][row])
        for row, name in apart
    ]
    return found


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same: to the last bit; absent is the same as absent."""
    if absent(one) or absent(other):
        return absent(one) and absent(other)
    if isinstance(one, Iterable) and not isinstance(one, (str, bytes)):
        return len(one) == len(other) and all(same(*pair) for pair in zip(one, other, strict=True))  # type: ignore[arg-type]
    return bool(one == other)


def absent(value: Any) -> bool:
    """Whether there is no value."""
    return value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value))


def _service(store: FeatureStore, name: str) -> FeatureService:
    services = {service.name: service for service in store.list_feature_services()}
    if name not in services:
        raise Stopped(
            f"--service must be one of {', '.join(sorted(services)) or 'none: apply first'}, got '{name}'", exit_code=REFUSED
        )
    return services[name]


def _views(store: FeatureStore, service: FeatureService) -> list[FeatureView]:
    """The views whose values are kept, those behind on-demand views included."""
    kept = {view.name: view for view in store.list_feature_views()}
    behind = {view.name: view for view in store.list_on_demand_feature_views()}
    names: set[str] = set()
    for projection in service.feature_view_projections:
        view = behind.get(projection.name)
        names |= {projection.name} if view is None else {each.name for each in view.source_feature_view_projections.values()}
    return [kept[name] for name in sorted(names)]


def _moment(views: list[FeatureView]) -> datetime:
    times = {view.name: view.most_recent_end_time for view in views}
    if None in times.values():
        never = ", ".join(name for name, time in times.items() if time is None)
        raise Stopped(f"feature views {never} must be materialized, got no value of them: run `materialize` first")
    moments = {time if time.tzinfo else time.replace(tzinfo=UTC) for time in times.values() if time}
    if len(moments) != 1:
        said = ", ".join(f"{name} {time}" for name, time in times.items())
        raise Stopped(f"feature views must be materialized to the same moment, got {said}: run `materialize` first")
    return moments.pop()


def _keys(views: list[FeatureView]) -> list[str]:
    return sorted({key for view in views for key in view.join_keys})


def _request_fields(store: FeatureStore, service: FeatureService) -> list[str]:
    used = {projection.name for projection in service.feature_view_projections}
    return sorted(
        schema.name
        for view in store.list_on_demand_feature_views()
        if view.name in used
        for source in view.source_request_sources.values()
        for schema in source.schema
    )


def _sampled(store: FeatureStore, views: list[FeatureView], service: FeatureService, moment: datetime, most: int) -> pd.DataFrame:
    """The newest entities; request values are the row's number, the same on both sides."""
    keys = _keys(views)
    view = views[0]
    if any(sorted(each.join_keys) != keys for each in views):
        raise Stopped(
            f"--entities must name a Parquet file with {', '.join(keys)}, because the service has views of several entities",
            exit_code=REFUSED,
        )
    assert view.ttl is not None
    source = view.batch_source
    assert source is not None
    job = store._get_provider().offline_store.pull_latest_from_table_or_query(
        config=store.config,
        data_source=source,
        join_key_columns=keys,
        feature_name_columns=[],
        timestamp_field=source.timestamp_field,
        created_timestamp_column=source.created_timestamp_column,
        start_date=moment - view.ttl,
        end_date=moment,
    )
    rows = job.to_df().sort_values(source.timestamp_field, ascending=False).head(most).reset_index(drop=True)
    if rows.empty:
        raise Stopped(f"the source of feature view '{view.name}' must have an event of the last {view.ttl}, got none")
    for number, name in enumerate(_request_fields(store, service)):
        rows[name] = [float(row + number + 1) for row in range(len(rows))]
    return rows


def _offline(store: FeatureStore, service: FeatureService, rows: pd.DataFrame, moment: datetime) -> pd.DataFrame:
    at_moment = rows.copy()
    at_moment[TIME] = pd.Timestamp(moment)
    return store.get_historical_features(at_moment, service).to_df().reset_index(drop=True)


def _read_online(store: FeatureStore, service: FeatureService, rows: pd.DataFrame) -> pd.DataFrame:
    answer = store.get_online_features(service, {str(name): list(values) for name, values in rows.items()}).to_dict()
    return pd.DataFrame({name: pd.Series(values, dtype=object) for name, values in answer.items()})


def _served(url: str, service: str, rows: pd.DataFrame) -> pd.DataFrame:
    """What a feature server answers.

    :raises Stopped: when it does not answer, or refuses.
    """
    body = json.dumps({"feature_service": service, "entities": rows.to_dict(orient="list")}).encode()
    address = f"{url.rstrip('/')}/get-online-features"
    # `__main__` lets only http through.
    request = urllib.request.Request(address, body, {"content-type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
            answer = json.load(response)
    except urllib.error.HTTPError as error:
        raise Stopped(f"{url} answers {error.code}: {error.read(300).decode(errors='replace')}") from None
    except (OSError, ValueError) as error:
        raise Stopped(f"{url} must answer as a feature server: {one_line(error)}") from None
    names = answer["metadata"]["feature_names"]
    columns = zip(names, answer["results"], strict=True)
    return pd.DataFrame({name: pd.Series(column["values"], dtype=object) for name, column in columns})
