"""Offline and online values: equal, point in time, and told when they are not."""

from datetime import UTC, datetime, timedelta

import pandas as pd

from feature_store.materialize import materialize
from feature_store.skew import compare

from .conftest import Place
from .rows import HOUR, spending, write

CARDS = range(1_200)


def test_thousand_entities_are_equal(place: Place) -> None:
    now = datetime.now(UTC)
    write(place.data, "old", spending(CARDS, now - 30 * HOUR, seed=1))
    write(place.data, "new", spending(range(0, 1_200, 2), now - 2 * HOUR, seed=2))
    place.apply()
    assert [brought.rows for brought in materialize(place.store(), now)] == [1_800]
    found = compare(place.store(), "fraud", None, 1_000, None)
    assert (found.entities, found.features, found.differences, found.expired) == (1_000, 3, [], 0)

    # A value that is changed behind its back is found, with both sides, and nothing else is.
    with place.postgres.connect(place.database) as connection:
        changed = connection.execute(
            "UPDATE test_card_spending SET value = (SELECT value FROM test_card_spending WHERE feature_name = 'purchases_7d'"
            " AND value <> outside.value LIMIT 1) FROM test_card_spending outside WHERE test_card_spending.entity_key ="
            " (SELECT entity_key FROM test_card_spending WHERE event_ts = (SELECT max(event_ts) FROM test_card_spending) LIMIT 1)"
            " AND test_card_spending.feature_name = 'purchases_7d' AND outside.entity_key = test_card_spending.entity_key"
            " AND outside.feature_name = 'purchases_7d'"
        ).rowcount
    assert changed == 1
    found = compare(place.store(), "fraud", None, 1_000, None)
    assert [each.feature for each in found.differences] == ["purchases_7d"]
    assert found.differences[0].offline != found.differences[0].online


def test_training_gets_every_row_with_the_values_of_its_moment(place: Place) -> None:
    now = datetime.now(UTC)
    older, newer = spending(range(3), now - 30 * HOUR, seed=1), spending(range(3), now - 2 * HOUR, seed=2)
    write(place.data, "older", older)
    write(place.data, "newer", newer)
    place.apply()
    asked = pd.DataFrame(
        {
            "card_id": [0, 0, 0, 0, 0],
            # Two purchases at one moment stay two.
            "event_timestamp": [now - 31 * HOUR, now - 29 * HOUR, now - 29 * HOUR, now, now + timedelta(days=8)],
            "amount": [1.0, 2.0, 3.0, 4.0, 5.0],
        }
    )
    store = place.store()
    read = store.get_historical_features(asked, store.get_feature_service("fraud")).to_df()
    assert list(read["amount"]) == [1.0, 2.0, 3.0, 4.0, 5.0]
    means = [None if pd.isna(value) else value for value in read["mean_amount_7d"]]
    # Before the first event nothing, then the newest so far, and nothing again when that is older than the ttl.
    first, second = older["mean_amount_7d"][0], newer["mean_amount_7d"][0]
    assert means == [None, first, first, second, None]


def test_a_value_past_its_ttl_is_not_served(place: Place) -> None:
    now = datetime.now(UTC)
    write(place.data, "edge", spending(range(2), now - timedelta(days=7) + timedelta(minutes=30), seed=1))
    write(place.data, "new", spending(range(2, 4), now - HOUR, seed=2))
    place.apply()
    list(materialize(place.store(), now))
    # An hour later, as the database sees it.
    place.postgres.run("UPDATE test_card_spending SET event_ts = event_ts - interval '1 hour'", database=place.database)
    store = place.store()
    answer = store.get_online_features(
        store.get_feature_service("fraud"), [{"card_id": card, "amount": 1.0} for card in (0, 2)]
    ).to_dict()
    assert answer["purchases_7d"][0] is None
    assert answer["purchases_7d"][1] is not None
