"""Brings new values into the online store, so that it can be run again at any time.

The time up to which a view has been brought is its watermark. Rows that arrive late have an event before the watermark.
Feast's own incremental run never sees them; here the window is opened again back to the first of them.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from feast import FeatureStore, FeatureView

from .errors import Stopped

SETTLING = timedelta(hours=1)
"""Longest time from the moment that a row is stamped with, in its created column, until it can be read."""


@dataclass(frozen=True)
class Brought:
    """What became of one view."""

    view: str
    since: str
    until: str
    """The new watermark."""
    rows: int
    """Rows of the window; each entity got the newest of its own."""
    late: int
    """Of them, rows that arrived after the watermark had passed their event."""
    too_late: int
    """Rows that arrived after their event was older than the `ttl`: training sees them, nothing serves them."""


def materialize(store: FeatureStore, now: datetime | None = None) -> Iterator[Brought]:
    """Bring every view up to now. A view whose source has no event within its `ttl` keeps its watermark, so that its alert fires.

    :param now: end of the window; the present by default.
    :raises Stopped: at the end, naming each view whose source is empty.
    """
    end = now or datetime.now(UTC)
    empty = []
    for view in sorted(store.list_feature_views(), key=lambda view: view.name):
        if not view.online:
            continue
        window = _window(store, view, end)
        if window is None:
            empty.append(
                f"feature view '{view.name}': its source must have an event of the last {view.ttl} before {_said(end)}, got none:"
                " find out why nothing is written there"
            )
            continue
        since, brought = window
        store.materialize(since, end, feature_views=[view.name])
        yield brought
    if empty:
        raise Stopped(*empty)


def _window(store: FeatureStore, view: FeatureView, end: datetime) -> tuple[datetime, Brought] | None:
    """From when on a view must be brought, and what lies there; nothing when its source has no event that could be served."""
    ttl = view.ttl
    assert ttl is not None, "definitions.py lets no view pass without a ttl"
    oldest = end - ttl
    watermark = _watermark(view)
    # Twice the ttl: rows that came too late are told of, without a read of the whole history.
    times = _times(store, view, oldest - ttl, end)
    servable = times.filter(pc.greater_equal(times["event"], oldest))
    if servable.num_rows == 0:
        return None
    since = max(watermark or oldest, oldest)
    late = too_late = 0
    if watermark is not None:
        behind = times.filter(pc.less_equal(times["event"], watermark))
        unseen = behind.filter(pc.greater(behind["created"], watermark - SETTLING))
        arrived = behind.filter(pc.greater(behind["created"], watermark))
        again = unseen.filter(pc.greater_equal(unseen["event"], oldest))
        if again.num_rows:
            since = min(since, pc.min(again["event"]).as_py())
        late = pc.sum(pc.greater_equal(arrived["event"], oldest)).as_py() or 0
        too_late = arrived.num_rows - late
    rows = pc.sum(pc.greater_equal(servable["event"], since)).as_py()
    return since, Brought(view.name, _said(since), _said(end), rows, late, too_late)


def _watermark(view: FeatureView) -> datetime | None:
    time = view.most_recent_end_time
    return time if time is None or time.tzinfo else time.replace(tzinfo=UTC)


def _times(store: FeatureStore, view: FeatureView, start: datetime, end: datetime) -> pa.Table:
    """When each row of a source happened, and when it was written."""
    source = view.batch_source
    assert source is not None
    created = source.created_timestamp_column
    job = store._get_provider().offline_store.pull_all_from_table_or_query(
        config=store.config,
        data_source=source,
        join_key_columns=[],
        feature_name_columns=[],
        timestamp_field=source.timestamp_field,
        created_timestamp_column=created,
        start_date=start,
        end_date=end,
    )
    table = job.to_arrow()
    utc = pa.timestamp("us", tz="UTC")
    return pa.table({"event": _in_utc(table[source.timestamp_field], utc), "created": _in_utc(table[created], utc)})


def _in_utc(column: pa.ChunkedArray, utc: pa.DataType) -> pa.ChunkedArray:
    return column.cast(pa.timestamp("us")).cast(utc) if column.type.tz is None else column.cast(utc)


def _said(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="seconds")


def record(brought: Brought) -> dict[str, object]:
    """As a line of JSON."""
    return asdict(brought)
