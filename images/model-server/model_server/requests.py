"""The body of a request to /invocations, and what it says."""

import csv
import io
import zlib
from typing import Any

import orjson

from .columns import shown
from .errors import CallerError
from .signature import FORMS, InputSignature

TYPES = ("application/json", "text/csv")


def media_type(header: str | None, allowed: tuple[str, str] = TYPES) -> str:
    """The media type without its parameters.

    :raises CallerError: 415 when it is missing, not one of ours, or not in UTF-8.
    """
    kind, *parameters = (part.strip().lower() for part in (header or "").split(";"))
    if kind not in allowed:
        raise CallerError(f"The header content-type must be {' or '.join(allowed)}, got {(header or '')[:80]!r}.", 415)
    for parameter in parameters:
        if parameter.replace('"', "") not in ("charset=utf-8", "charset=utf8", ""):
            raise CallerError(f"The body must be UTF-8, and the header content-type says {parameter[:60]!r}.", 415)
    return kind


def unpacked(body: bytes, encoding: str | None, most: int) -> bytes:
    """The body without its compression, at most `most` bytes.

    :raises CallerError: 413 for a body that unpacks to more, before it is unpacked as a whole; 415 for another compression.
    """
    if not encoding or encoding.lower() == "identity":
        return body
    if encoding.lower() != "gzip":
        raise CallerError(f"The header content-encoding must be gzip or missing, got {encoding[:60]!r}.", 415)
    reader = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        plain = reader.decompress(body, most + 1)
    except zlib.error:
        raise CallerError("The body is not gzip, as the header content-encoding says.") from None
    if len(plain) > most:
        raise CallerError(f"The body must be at most {most} bytes, and unpacks to more.", 413)
    if not reader.eof or reader.unused_data:
        raise CallerError("The body must be one whole gzip stream.")
    return plain


def parse_json(body: bytes) -> dict[str, Any]:
    """The object that the body is.

    :raises CallerError: says where it is no JSON. NaN and Infinity are none.
    """
    if not body.strip():
        raise CallerError("The body is empty.")
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise CallerError(f"The body is not valid JSON: {error}.") from None
    if type(value) is not dict:
        raise CallerError(f"The body must be a JSON object with one of {', '.join(FORMS)}, got {shown(value)}.")
    return value


def input_of(body: bytes, kind: str, signature: InputSignature) -> tuple[Any, Any]:
    """The model's input and its parameters, from the body of a request.

    :raises CallerError: says what is wrong with the body.
    """
    if kind == "text/csv":
        return signature.from_csv(*_table(body)), None
    value = parse_json(body)
    forms = [form for form in FORMS if form in value]
    if len(forms) != 1:
        got = " and ".join(forms) or ", ".join(repr(key[:40]) for key in list(value)[:3]) or "nothing"
        raise CallerError(f"The body must have exactly one of {', '.join(FORMS)}, got {got}.")
    for key in value:
        if key not in (forms[0], "params"):
            raise CallerError(f"The body must have {forms[0]!r} and perhaps 'params', and has {key[:60]!r} too.")
    return signature.from_form(forms[0], value[forms[0]]), value.get("params")


def _table(body: bytes) -> tuple[list[str], list[list[str]]]:
    try:
        lines = list(csv.reader(io.StringIO(body.decode(), newline=""), strict=True))
    except UnicodeDecodeError:
        raise CallerError("The body must be UTF-8.") from None
    except csv.Error as error:
        raise CallerError(f"The body is not valid CSV: {error}.") from None
    lines = [line for line in lines if line]
    if len(lines) < 2:
        raise CallerError("The body must be CSV with a line of names and at least one row.")
    return lines[0], lines[1:]
