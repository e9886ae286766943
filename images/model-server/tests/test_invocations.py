"""MLflow's scoring protocol, through real HTTP, on real models."""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .process import Server, refused


def example(models: Path, name: str) -> Any:
    return json.loads((models / name / "serving_input_example.json").read_text())


def test_the_four_forms_and_csv_give_the_same_answer(cancer: Server, models: Path) -> None:
    split = example(models, "cancer")["dataframe_split"]
    columns, data = split["columns"], split["data"]
    records = [dict(zip(columns, row, strict=True)) for row in data]
    by_column = {name: [row[index] for row in data] for index, name in enumerate(columns)}
    csv = "\n".join([",".join(columns), *(",".join(map(str, row)) for row in data)])
    shuffled = {"columns": columns[::-1], "data": [row[::-1] for row in data], "index": [0, 1]}
    extra = [{**record, "more": "x"} for record in records]
    bodies: list[Any] = [
        {"dataframe_split": split},
        {"dataframe_split": shuffled},
        {"dataframe_split": {"data": data}},
        {"dataframe_records": records},
        {"dataframe_records": extra},
        {"instances": records},
        {"instances": data},
        {"inputs": by_column},
        {"inputs": data},
    ]
    answers = [cancer.invoke(body) for body in bodies]
    answers.append(cancer.invoke(csv, content_type="text/csv"))
    answers.append(cancer.invoke(gzip.compress(json.dumps(bodies[0]).encode()), content_encoding="gzip"))
    assert [answer.status_code for answer in answers] == [200] * len(answers), [answer.text for answer in answers]
    assert len({answer.text for answer in answers}) == 1
    assert all(answer.headers["x-model-version"] == "3" for answer in answers)
    rows = answers[0].json()["predictions"]
    assert len(rows) == 2
    assert all(abs(sum(row) - 1) < 1e-9 for row in rows)


def test_the_answer_is_that_of_mlflow(cancer: Server, models: Path) -> None:
    import mlflow.pyfunc

    body = example(models, "cancer")
    own = mlflow.pyfunc.load_model(str(models / "cancer"))
    expected = own.predict(own.input_example)
    assert cancer.invoke(body).json()["predictions"] == pytest.approx(expected)


def test_xgboost_takes_missing_values_where_its_signature_does(serve: Callable[[str], Server], models: Path) -> None:
    server = serve("boosted")
    row = {"amount": 0.5, "count": 3, "night": True, "age": 0.1}
    for given in (row, row | {"age": None}, {name: row[name] for name in ("amount", "count", "night")}):
        answer = server.invoke({"dataframe_records": [given]})
        assert answer.status_code == 200, answer.text
        assert isinstance(answer.json()["predictions"][0], float)
    refused(server.invoke({"dataframe_records": [row | {"amount": None}]}), 400, "column 'amount' is null")
    refused(server.invoke({"dataframe_records": [row | {"count": 1.5}]}), 400, "column 'count' is 1.5", "whole number")
    refused(server.invoke({"dataframe_records": [row | {"count": 2**63}]}), 400, "count")
    refused(server.invoke({"dataframe_records": [row | {"amount": 1e39}]}), 400, "amount", "float")
    refused(server.invoke({"dataframe_records": [row | {"age": 1.7e308}]}), 400, "age", "from -1e30 to 1e30")
    refused(server.invoke({"dataframe_records": [row | {"night": 1}]}), 400, "night", "true or false")


def test_tensors(serve: Callable[[str], Server]) -> None:
    server = serve("tensor")
    rows = [[5.1, 3.5, 1.4, 0.2], [6.2, 3.4, 5.4, 2.3]]
    for body in ({"instances": rows}, {"inputs": rows}, {"dataframe_split": {"columns": [*"abcd"], "data": rows}}):
        answer = server.invoke(body)
        assert answer.json() == {"predictions": ["setosa", "virginica"]}, answer.text
    assert server.metric("model_prediction_labels_total", label="setosa") >= 3
    refused(server.invoke({"inputs": [[1, 2, 3]]}), 400, "shape [any, 4]", "[1, 3]")
    refused(server.invoke({"inputs": [[1, 2, 3], [1]]}), 400, "equally long")
    refused(server.invoke({"inputs": [[1, 2, 3, "4"]]}), 400, "numbers from -1e30 to 1e30", "text")
    refused(server.invoke({"inputs": [[1, 2, 3, 1.1e30]]}), 400, "numbers from -1e30 to 1e30")
    refused(server.invoke({"inputs": [[1, 2, 3, None]]}), 400, "null")
    refused(server.invoke({"inputs": [[True, 2, 3, 4]]}), 400, "true or false")
    refused(server.invoke({"inputs": []}), 400, "no rows")
    refused(server.invoke({"inputs": {"a": 1}}), 400)
    refused(server.invoke({"inputs": 3}), 400)


def test_every_type_of_column_arrives_as_the_signature_says(serve: Callable[[str], Server]) -> None:
    server = serve("kinds")
    row: dict[str, Any] = {
        "double": 1,
        "float": 1.5,
        "long": 7,
        "integer": 2.0,
        "boolean": True,
        "string": "ä",
        "datetime": "2026-01-31T12:00:00Z",
        "binary": "aGk=",
    }
    answer = server.invoke({"dataframe_records": [row]})
    assert answer.status_code in (200, 400), answer.text
    full = row | {f"{name}?": value for name, value in row.items()}
    arrived = server.invoke({"dataframe_records": [full]}).json()["predictions"][0]
    assert arrived["double"] == "float64 np.float64(1.0)"
    assert arrived["float"] == "float32 np.float32(1.5)"
    assert arrived["long"] == "int64 np.int64(7)"
    assert arrived["integer"] == "int32 np.int32(2)"
    assert arrived["boolean"] == "bool np.True_"
    assert arrived["string"] == "object 'ä'"
    assert arrived["datetime"] == "datetime64[ns] Timestamp('2026-01-31 12:00:00')"
    assert arrived["binary"] == "object b'hi'"
    nothing = {f"{name}?": None for name in ("double", "float", "string", "datetime", "binary")}
    arrived = server.invoke({"dataframe_records": [full | nothing]}).json()["predictions"][0]
    assert arrived["double?"] == "float64 np.float64(nan)"
    assert arrived["string?"] == "object None"
    assert arrived["datetime?"] == "datetime64[ns] NaT"
    for name, value in (
        ("double", "1"),
        ("string", 1),
        ("datetime", "yesterday"),
        ("binary", "%"),
        ("boolean?", None),
        ("long?", None),
    ):
        refused(server.invoke({"dataframe_records": [full | {name: value}]}), 400, f"Row 1 of column {name!r}")


def test_nested_signatures_are_checked_by_mlflow(serve: Callable[[str], Server]) -> None:
    server = serve("nested")
    assert server.invoke({"dataframe_records": [{"values": [1.0, 2.0]}]}).json() == {"predictions": [3.0]}
    refused(server.invoke({"dataframe_records": [{"values": ["a"]}]}), 400, "signature")
    refused(server.invoke({"dataframe_records": [{"other": [1.0]}]}), 400)
    refused(server.invoke({"dataframe_records": []}), 400)
    refused(server.invoke({"inputs": 3}), 400)


WRONG: list[tuple[str, bytes, tuple[str, ...]]] = [
    ("nothing", b"", ("empty",)),
    ("blanks", b" \n", ("empty",)),
    ("no JSON", b"{", ("not valid JSON",)),
    ("not UTF-8", b'{"instances": "\xff"}', ("not valid JSON",)),
    ("NaN", b'{"instances": [[NaN]]}', ("not valid JSON",)),
    ("Infinity", b'{"instances": [[Infinity]]}', ("not valid JSON",)),
    ("beyond double", b'{"instances": [[1e999]]}', ("not valid JSON",)),
    ("deep", b'{"instances": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", ("not valid JSON",)),
    ("less deep", b'{"instances": ' + b"[" * 1000 + b"]" * 1000 + b"}", ("Row 1",)),
    ("a list", b"[1]", ("JSON object",)),
    ("a number", b"1", ("JSON object",)),
    ("null", b"null", ("JSON object",)),
    ("no form", b'{"data": []}', ("exactly one of", "'data'")),
    ("an empty object", b"{}", ("exactly one of", "nothing")),
    ("two forms", b'{"instances": [], "inputs": []}', ("exactly one of", "instances and inputs")),
    ("another key", b'{"instances": [], "signature_name": "x"}', ("signature_name",)),
    ("no rows", b'{"instances": []}', ("no rows",)),
    ("no records", b'{"dataframe_records": []}', ("no rows",)),
    ("records that are none", b'{"dataframe_records": {}}', ("list of objects",)),
    ("a record that is none", b'{"dataframe_records": [1]}', ("Row 1 is 1",)),
    ("empty records", b'{"dataframe_records": [{}]}', ("lacks the columns", "and 27 more")),
    ("split without data", b'{"dataframe_split": {"columns": []}}', ("lacks 'data'",)),
    ("split that is none", b'{"dataframe_split": []}', ("object with 'columns'",)),
    ("split with more", b'{"dataframe_split": {"data": [], "x": 1}}', ("has 'x'",)),
    ("unknown columns", b'{"dataframe_split": {"columns": ["a"], "data": [[1]]}}', ("lacks the columns",)),
    ("columns that are no names", b'{"dataframe_split": {"columns": [[1]], "data": [[1]]}}', ("list of names",)),
    ("short rows", b'{"instances": [[1, 2]]}', ("2 values",)),
    ("no list", b'{"instances": 3}', ("a list",)),
    ("text", b'{"instances": "abc"}', ("a list",)),
    ("columns of no list", b'{"inputs": {"mean radius": 3}}', ("lacks the columns",)),
    ("null", b'{"inputs": null}', ("a list",)),
    ("parameters", b'{"instances": [[' + b",".join([b"1"] * 30) + b']], "params": {"x": 1}}', ("'x'", "none")),
    ("parameters that are none", b'{"instances": [[' + b",".join([b"1"] * 30) + b']], "params": 1}', ("'params'",)),
]


@pytest.mark.parametrize(("body", "words"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG])
def test_a_wrong_body_is_the_callers_mistake(cancer: Server, body: bytes, words: tuple[str, ...]) -> None:
    refused(cancer.invoke(body), 400, *words)


def test_a_wrong_value_is_named(cancer: Server, models: Path) -> None:
    row = example(models, "cancer")["dataframe_split"]["data"][0]
    for value, shown in ((None, "null"), ("1", "'1'"), (True, "true"), ([1], "a list"), ({}, "an object")):
        refused(
            cancer.invoke({"instances": [row, [*row[:5], value, *row[6:]]]}),
            400,
            f"Row 2 of column 'mean compactness' is {shown}",
        )


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", ("names and at least one row",)),
        (b"a,b\n", ("names and at least one row",)),
        (b"a,b\n1,2\n", ("lacks the columns",)),
        (b"a,b\n1,2,3\n", ("Row 1 has 3 fields", "the header has 2")),
        (b'"a', ("not valid CSV",)),
        (b"\xff\xfe", ("UTF-8",)),
    ],
)
def test_wrong_csv(cancer: Server, body: bytes, words: tuple[str, ...]) -> None:
    refused(cancer.invoke(body, content_type="text/csv"), 400, *words)


def test_missing_and_infinite_numbers_in_csv(cancer: Server, models: Path) -> None:
    split = example(models, "cancer")["dataframe_split"]
    for text in ("nan", "", "inf", "-Infinity", "x"):
        row = [*map(str, split["data"][0][:-1]), text]
        body = io.StringIO()
        body.write(",".join(split["columns"]) + "\n" + ",".join(row) + "\n")
        refused(cancer.invoke(body.getvalue(), content_type="text/csv"), 400, "Row 1 of column 'worst fractal dimension'")


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "application/x-json", "application/json; charset=latin-1", "application", "json"]
)
def test_another_content_type(cancer: Server, kind: str) -> None:
    refused(cancer.invoke(b"{}", content_type=kind), 415, "content-type" if "charset" not in kind else "UTF-8")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", 'APPLICATION/JSON;charset="UTF-8"'])
def test_the_same_content_type(cancer: Server, models: Path, kind: str) -> None:
    assert cancer.invoke(example(models, "cancer"), content_type=kind).status_code == 200


def test_other_paths_and_methods(cancer: Server) -> None:
    refused(cancer.http.get("/nothing"), 404, "/nothing")
    refused(cancer.http.get("/invocations"), 405, "POST")
    refused(cancer.http.post("/ping"), 405, "GET")
    refused(cancer.http.put("/invocations"), 405)
    assert cancer.http.get("/invocations").headers["allow"] == "POST"
    assert cancer.http.get("/version").text == "3.17.2"
    assert cancer.http.head("/ping").status_code == 200
    assert cancer.http.get("/health").status_code == 200


def test_what_the_model_does_wrong_is_5xx(moody: Server) -> None:
    def mood(name: str, value: float = 1, **more: Any) -> Any:
        return moody.invoke({"dataframe_records": [{"mood": name, "value": value}], **more})

    assert mood("good", 4).json() == {"predictions": [8.0]}
    assert mood("good", 4, params={"factor": 3}).json() == {"predictions": [12.0]}
    for name, word in (("raise", "KeyError"), ("nan", "NaN"), ("object", "JSON")):
        before = moody.metric("model_requests_total", protocol="invocations", code="5xx")
        refused(mood(name), 500, word)
        assert "secret" not in mood(name).text
        assert moody.metric("model_requests_total", protocol="invocations", code="5xx") == before + 2
    refused(mood("good", 4, params={"factor": "x"}), 400, "factor")
    refused(mood("good", 4, params={"other": 1}), 400, "other", "factor")
    assert moody.invoke({"dataframe_records": [{"mood": "good", "value": 1}]}).status_code == 200
    assert "secret of the model" in moody.said()
