"""Feast's offline store of Parquet files, which gives every row back.

Feast 0.67 leaves out a row whose entity has events, but none within the `ttl`, and all but one of the rows of an entity at one
moment; both are lost for the views that are joined after. Here each view is asked by itself, and joined to the rows as they came.
"""

from typing import Any, Literal

import dask.dataframe as dd
import pandas as pd
from feast.feature_view import FeatureView
from feast.infra.offline_stores.dask import DaskOfflineStore, DaskOfflineStoreConfig, DaskRetrievalJob
from feast.infra.offline_stores.offline_utils import infer_event_timestamp_from_entity_df
from feast.infra.registry.base_registry import BaseRegistry
from feast.repo_config import RepoConfig
from feast.utils import _get_requested_feature_views_to_features_dict, _get_requested_on_demand_feature_views


class WholeFileOfflineStoreConfig(DaskOfflineStoreConfig):
    """It has no settings."""

    type: Literal["feature_store.offline.WholeFileOfflineStore"] = "feature_store.offline.WholeFileOfflineStore"  # type: ignore[assignment]


class WholeFileOfflineStore(DaskOfflineStore):
    """Parquet files in a folder or in S3. They are read whole: features of some gigabytes fit, more are for Athena."""

    @staticmethod
    def get_historical_features(
        config: RepoConfig,
        feature_views: list[FeatureView],
        feature_refs: list[str],
        entity_df: pd.DataFrame | dd.DataFrame | str | None,
        registry: BaseRegistry,
        project: str,
        full_feature_names: bool = False,
        filter_by_created_timestamp: bool = False,
        **more: Any,
    ) -> DaskRetrievalJob:
        """The values of each row at its moment; nothing where there are none."""

        def ask(views: list[FeatureView], refs: list[str], rows: Any) -> DaskRetrievalJob:
            job = DaskOfflineStore.get_historical_features(
                config, views, refs, rows, registry, project, full_feature_names, filter_by_created_timestamp, **more
            )
            assert isinstance(job, DaskRetrievalJob)
            return job

        job = ask(feature_views, feature_refs, entity_df)
        if not isinstance(entity_df, pd.DataFrame):
            return job

        def joined() -> Any:
            on_demand = _get_requested_on_demand_feature_views(feature_refs, config.project, registry)
            features, _ = _get_requested_feature_views_to_features_dict(feature_refs, feature_views, on_demand)
            time = infer_event_timestamp_from_entity_df(dict(zip(entity_df.columns, entity_df.dtypes, strict=True)))
            rows = entity_df.assign(**{time: pd.to_datetime(entity_df[time], utc=True).dt.as_unit("ns")})
            for view, names in features.items():
                keys = [view.projection.join_key_map.get(column.name, column.name) for column in view.entity_columns]
                asked = rows[[*keys, time]].drop_duplicates()
                refs = [f"{view.projection.name_alias or view.projection.name}:{name}" for name in names]
                found = ask([view], refs, asked).evaluation_function().compute()
                found[time] = found[time].dt.as_unit("ns")
                rows = rows.merge(found, how="left", on=[*keys, time])
            return dd.from_pandas(rows, npartitions=1)  # type: ignore[no-untyped-call]

        job.evaluation_function = joined
        return job
