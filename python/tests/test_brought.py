"""The record that stands in the tags of a version."""

import json

import pytest

from millrace.brought import METRICS_TAG, PARAMETERS_TAG, SIGNATURE_TAG, record_in_tags
from millrace.parts import missing_parts

from .test_parts import COMPLETE

SIGNATURE = json.dumps((COMPLETE["model"] or {})["signature"])
TAGS = {
    **COMPLETE["tags"],
    PARAMETERS_TAG: json.dumps({"max_iter": 1_000}),
    METRICS_TAG: json.dumps({"validation_auc": 0.9, "test_auc": 1}),
    SIGNATURE_TAG: SIGNATURE,
}


def test_complete_tags_are_a_complete_record() -> None:
    assert missing_parts(record_in_tags(TAGS)) == []


@pytest.mark.parametrize("tag", TAGS)
def test_each_tag_that_is_missing_is_a_part_that_is_missing(tag: str) -> None:
    parts = {"millrace.signature": "model"}
    missing = missing_parts(record_in_tags({name: value for name, value in TAGS.items() if name != tag}))
    assert {each.part for each in missing} == {parts.get(tag, tag.removeprefix("millrace."))}


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "[" * 100_000, '{"test_auc": "1"}', '{"test_auc": ' + "1" * 400 + "}"])
def test_what_is_no_object_in_json_is_no_part(text: str) -> None:
    assert {each.part for each in missing_parts(record_in_tags({**TAGS, METRICS_TAG: text}))} == {"metrics"}
