"""The Open Inference Protocol over HTTP."""

from typing import Any

import orjson

from .columns import shown
from .errors import CallerError, NotReady
from .http import Answer, Application, Incoming, Route
from .kserve_sdk import DataPlane, InferRequest, InvalidInput
from .model import MlflowModel
from .requests import media_type, unpacked
from .settings import Settings
from .work import Work

BINARY_LENGTH = b"inference-header-content-length"
"""Header of the protocol's binary extension: where JSON ends and tensors begin."""


def add_v2(application: Application, model: MlflowModel, plane: DataPlane, work: Work, settings: Settings) -> None:
    """Add the routes below `/v2`. Loading and unloading are left out: a release decides what a pod serves."""

    async def server(request: Incoming) -> Answer:  # noqa: ARG001
        return _json({**plane.metadata(), "extensions": ["binary_tensor_data"]})

    async def live(request: Incoming) -> Answer:  # noqa: ARG001
        return _json({"live": True})

    async def ready(request: Incoming) -> Answer:  # noqa: ARG001
        _must_be_ready()
        return _json({"ready": True})

    async def models(request: Incoming) -> Answer:  # noqa: ARG001
        return _json({"models": [model.name]})

    async def metadata(request: Incoming) -> Answer:  # noqa: ARG001
        _must_be_ready()
        return _json({**await plane.model_metadata(model.name), "versions": [model.version], "platform": "mlflow"})

    async def model_ready(request: Incoming) -> Answer:  # noqa: ARG001
        _must_be_ready()
        return _json({"name": model.name, "ready": True})

    async def infer(request: Incoming) -> Answer:
        with work.request("v2"):
            media_type(request.header(b"content-type"), ("application/json", "application/octet-stream"))
            body = await request.body()
            body = unpacked(body, request.header(b"content-encoding"), settings.body_bytes)
            parsed = parse(body, request.header(BINARY_LENGTH), model.name)
            response, _ = await model(parsed)
            try:
                answer, length = response.to_rest()
            except InvalidInput as error:
                raise CallerError(f"{str(error).rstrip('.')}.") from None
            if length is None:
                return _json(answer)
            return Answer(answer, kind=b"application/octet-stream", headers=[(BINARY_LENGTH, str(length).encode())])

    def _must_be_ready() -> None:
        if not work.ready:
            raise NotReady

    routes = {"/v2": server, "/v2/health/live": live, "/v2/health/ready": ready, "/v2/models": models}
    for path in (f"/v2/models/{model.name}", f"/v2/models/{model.name}/versions/{model.version}"):
        routes |= {path: metadata, f"{path}/ready": model_ready}
        application.routes[f"{path}/infer"] = Route("POST", infer)
    for path, handler in routes.items():
        application.routes[path] = Route("GET", handler)


def parse(body: bytes, json_length: str | None, name: str) -> InferRequest:
    """A request of the protocol.

    :raises CallerError: says what is wrong with it.
    """
    length = (
        len(body)
        if json_length is None
        else int(json_length)
        if json_length.isdecimal() and json_length.isascii() and len(json_length) < 19
        else -1
    )
    if not 0 <= length <= len(body):
        raise CallerError(
            f"The header {BINARY_LENGTH.decode()} must be the length of the JSON in the body, got {str(json_length)[:30]!r}."
        )
    if not length:
        raise CallerError("The body is empty.")
    try:
        value = orjson.loads(memoryview(body)[:length])
    except orjson.JSONDecodeError as error:
        raise CallerError(f"The body is not valid JSON: {error}.") from None
    _check(value)
    try:
        request = InferRequest.from_bytes(body, length, name)
    except InvalidInput as error:
        raise CallerError(f"{str(error).rstrip('.')}.") from None
    except Exception:
        # Nothing but the request has been read so far.
        raise CallerError("The tensors of the request do not fit their datatypes and shapes.") from None
    request._use_raw_outputs = False
    return request


def _check(value: Any) -> None:
    if type(value) is not dict:
        raise CallerError(f"The body must be a JSON object with 'inputs', got {shown(value)}.")
    _fields(value, "The body", {"id": str, "parameters": dict, "outputs": list})
    inputs = value.get("inputs")
    if type(inputs) is not list or not inputs:
        raise CallerError("The body must have 'inputs', a list of tensors.")
    for item in inputs:
        if type(item) is not dict:
            raise CallerError(f"Each input must be an object, got {shown(item)}.")
        for key, kind, words in (("name", str, "text"), ("datatype", str, "text"), ("shape", list, "a list of whole numbers")):
            if type(item.get(key)) is not kind:
                raise CallerError(f"Each input must have {key!r}, which is {words}.")
        if any(type(length) is not int or not 0 <= length < 2**31 for length in item["shape"]):
            raise CallerError(f"The shape of the input {item['name'][:60]!r} must be a list of whole numbers.")
        _fields(item, f"The input {item['name'][:60]!r}", {"parameters": dict, "data": list})
        size = (item.get("parameters") or {}).get("binary_data_size")
        if size is not None and (type(size) is not int or size < 0):
            raise CallerError(f"'binary_data_size' of the input {item['name'][:60]!r} must be a whole number.")
    for item in value.get("outputs") or []:
        if type(item) is not dict or type(item.get("name")) is not str:
            raise CallerError("Each of 'outputs' must be an object with a name.")
        _fields(item, "Each of 'outputs'", {"parameters": dict})


def _fields(value: dict[str, Any], who: str, kinds: dict[str, type[Any]]) -> None:
    for key, kind in kinds.items():
        if value.get(key) is not None and type(value[key]) is not kind:
            words = {"str": "text", "dict": "an object", "list": "a list"}[kind.__name__]
            raise CallerError(f"{who} has {key!r}, which must be {words}, got {shown(value[key])}.")


def _json(value: Any) -> Answer:
    return Answer(orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY))
