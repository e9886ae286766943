"""Rows of the example's source."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

HOUR = timedelta(hours=1)


def write(data: Path, name: str, rows: pd.DataFrame) -> None:
    """Add a file to the source `card_spending`."""
    folder = data / "card_spending"
    folder.mkdir(parents=True, exist_ok=True)
    rows.to_parquet(folder / f"{name}.parquet", index=False)


def spending(cards: range, at: datetime, seed: int, created: datetime | None = None) -> pd.DataFrame:
    """One row a card. The events lie within a minute before `at`."""
    random = np.random.default_rng(seed)
    seconds = random.uniform(0, 60, len(cards))
    events = [at - timedelta(seconds=float(each)) for each in seconds]
    return pd.DataFrame(
        {
            "card_id": list(cards),
            "event_timestamp": pd.to_datetime(events, utc=True).as_unit("us"),
            "created": pd.to_datetime([created or at] * len(cards), utc=True).as_unit("us"),
            "purchases_7d": random.integers(1, 100, len(cards)),
            "mean_amount_7d": random.gamma(2.0, 40.0, len(cards)),
        }
    )
