"""The metrics, as Prometheus reads them."""

from pathlib import Path

import numpy as np
from prometheus_client.parser import text_string_to_metric_families

from fetch_model.digest import tree_digest
from model_server.metrics import MOST_LABELS, MOST_OUTPUTS, Predictions

from .process import Server


def test_names_and_labels(models: Path) -> None:
    digest = tree_digest(models / "cancer")
    more = {"MODEL_URI": "s3://store/models/cancer/3", "MODEL_SHA256": digest}
    with Server(models / "cancer", more) as server:
        example = (models / "cancer" / "serving_input_example.json").read_text()
        for _ in range(3):
            assert server.invoke(example).status_code == 200
        server.invoke("{")
        answer = server.http.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain")
        families = {family.name: family for family in text_string_to_metric_families(answer.text)}
        series = [sample for family in families.values() for sample in family.samples]
        own = [sample for sample in series if sample.name.startswith("model_")]
        assert all((sample.labels["model"], sample.labels["version"]) == ("cancer", "3") for sample in own)
        assert not [sample for sample in series if sample.name.endswith("_created")]
        assert len(series) < 300
        assert server.metric("model_requests_total", protocol="invocations", code="2xx") == 3
        assert server.metric("model_requests_total", protocol="invocations", code="4xx") == 1
        assert server.metric("model_request_seconds_count", protocol="invocations") == 4
        assert server.metric("model_ready") == 1
        assert 0.5 < server.metric("model_load_seconds") < 60
        assert server.metric("model_predictions_total") == 3 * 2 + 2
        assert server.metric("model_prediction_value_bucket", output="0", le="+Inf") == 8
        assert server.metric("model_info", uri="s3://store/models/cancer/3", sha256=digest) == 1


def counted(predictions: Predictions) -> dict[str, float]:
    return {
        f"{sample.name}{sorted(sample.labels.items())}": sample.value
        for family in predictions.collect()
        for sample in family.samples
    }


def test_the_distribution_has_all_numbers_and_its_series_are_bounded() -> None:
    predictions = Predictions({"model": "m", "version": "1"}, [0.0, 0.5, 1.0], [0.0, 1.0])
    for value in (-1.0, 0.0, 0.2, 0.5, 0.7, 3.0):
        predictions.observe([(None, np.array([value]))])
    many = Predictions({"model": "m", "version": "1"}, [0.0, 0.5, 1.0], [0.0, 1.0])
    many.observe([(None, np.array([-1.0, 0.0, 0.2, 0.5, 0.7, 3.0]))])
    assert counted(predictions) == counted(many)
    assert sorted(value for name, value in counted(many).items() if "value_bucket" in name) == [2, 4, 5, 6]
    # Each in one bin, so that bins can be compared: at most 0, at most 1, and above.
    assert [value for name, value in counted(many).items() if "prediction_bins_total" in name] == [2, 3, 1]

    wide = Predictions({"model": "m", "version": "1"})
    wide.observe([(f"c{index}", np.zeros(1)) for index in range(1000)])
    wide.observe([(None, np.zeros((1, 1000)))])
    wide.observe([("label", np.array([f"l{index}" for index in range(1000)]))])
    labels = Predictions({"model": "m", "version": "1"})
    labels.observe([(None, np.array([f"l{index}" for index in range(1000)], dtype=object))])
    assert len([name for name in counted(wide) if "value_bucket" in name and "+Inf" in name]) <= MOST_OUTPUTS
    assert len([name for name in counted(labels) if "labels_total" in name]) == MOST_LABELS + 1
