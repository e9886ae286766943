"""Features of the model `fraud`."""

from datetime import timedelta

import pandas as pd
from feast import Entity, FeatureService, FeatureView, Field, RequestSource
from feast.on_demand_feature_view import on_demand_feature_view
from feast.types import Float64, Int64
from feast.value_type import ValueType
from sources import parquet

card = Entity(name="card", join_keys=["card_id"], value_type=ValueType.INT64, description="A payment card")

card_spending = FeatureView(
    name="card_spending",
    entities=[card],
    # A card that was not seen for a week has no usual spending.
    ttl=timedelta(days=7),
    schema=[
        Field(name="card_id", dtype=Int64),
        Field(name="purchases_7d", dtype=Int64),
        Field(name="mean_amount_7d", dtype=Float64),
    ],
    source=parquet("card_spending"),
    tags={"team": "risk"},
)

purchase = RequestSource(name="purchase", schema=[Field(name="amount", dtype=Float64)])


@on_demand_feature_view(sources=[card_spending, purchase], schema=[Field(name="amount_ratio", dtype=Float64)])
def purchase_against_usual(inputs: pd.DataFrame) -> pd.DataFrame:
    """How many times its usual amount a purchase is."""
    return pd.DataFrame({"amount_ratio": inputs["amount"] / inputs["mean_amount_7d"]})


fraud = FeatureService(name="fraud", features=[card_spending, purchase_against_usual])
