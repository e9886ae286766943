"""The online store: the newest of each entity, late rows too, the same when it is done again, and a source that is empty."""

from datetime import UTC, datetime, timedelta

import pytest

from feature_store.errors import Stopped
from feature_store.materialize import materialize

from .conftest import Place
from .rows import HOUR, spending, write


def values(place: Place) -> list[tuple[object, ...]]:
    with place.postgres.connect(place.database) as connection:
        query = "SELECT entity_key, feature_name, value, event_ts FROM test_card_spending ORDER BY 1, 2"
        return connection.execute(query).fetchall()


def mean(place: Place, card: int) -> object:
    answer = place.store().get_online_features(["card_spending:mean_amount_7d"], [{"card_id": card}]).to_dict()
    return answer["mean_amount_7d"][0]


def test_again_changes_nothing(place: Place) -> None:
    now = datetime.now(UTC)
    write(place.data, "rows", spending(range(50), now - HOUR, seed=1))
    place.apply()
    list(materialize(place.store(), now))
    before = values(place)
    assert len(before) == 100
    list(materialize(place.store(), now))
    list(materialize(place.store(), now + timedelta(seconds=1)))
    assert values(place) == before


def test_late_rows_are_served_and_never_replace_newer_ones(place: Place) -> None:
    now = datetime.now(UTC)
    first = now - 3 * HOUR
    write(place.data, "first", spending(range(2), first - HOUR, seed=1))
    place.apply()
    assert [(each.rows, each.late) for each in materialize(place.store(), first)] == [(2, 0)]

    # Card 1 has a newer event; a late one of before reaches both cards, one more of card 2, and one that is too old for anybody.
    newer = spending(range(1, 2), first + HOUR, seed=2)
    late = spending(range(3), first - timedelta(minutes=20), seed=3, created=first + 2 * HOUR)
    too_late = spending(range(3, 4), first - timedelta(days=8), seed=4, created=first + 2 * HOUR)
    for name, rows in {"newer": newer, "late": late, "too_late": too_late}.items():
        write(place.data, name, rows)
    (brought,) = materialize(place.store(), now)
    assert (brought.late, brought.too_late) == (3, 1)
    assert [mean(place, card) for card in range(4)] == [
        late["mean_amount_7d"][0],
        newer["mean_amount_7d"][0],
        late["mean_amount_7d"][2],
        None,
    ]


def test_a_row_stamped_before_the_run_and_readable_after_it_is_not_lost(place: Place) -> None:
    now = datetime.now(UTC)
    first = now - 3 * HOUR
    write(place.data, "first", spending(range(1), first - 2 * HOUR, seed=1))
    place.apply()
    list(materialize(place.store(), first))
    slow = spending(range(1, 2), first - timedelta(minutes=30), seed=2, created=first - timedelta(minutes=5))
    write(place.data, "slow", slow)
    list(materialize(place.store(), now))
    assert mean(place, 1) == slow["mean_amount_7d"][0]


def test_a_source_without_events_keeps_its_watermark(place: Place) -> None:
    now = datetime.now(UTC)
    write(place.data, "rows", spending(range(3), now - timedelta(days=8), seed=1))
    place.apply()
    with pytest.raises(Stopped, match="'card_spending': its source must have an event of the last 7 days") as stopped:
        list(materialize(place.store(), now))
    assert stopped.value.exit_code == 1
    assert place.store().get_feature_view("card_spending").most_recent_end_time is None
