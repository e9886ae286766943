"""The Open Inference Protocol over gRPC: KServe's service with our limits and codes."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import grpc
from grpc import StatusCode, aio
from kserve.protocol.grpc import grpc_predict_v2_pb2 as messages
from kserve.protocol.grpc.grpc_predict_v2_pb2_grpc import add_GRPCInferenceServiceServicer_to_server
from kserve.protocol.grpc.servicer import InferenceServicer
from kserve.protocol.model_repository_extension import ModelRepositoryExtension

from .errors import CallerError, Refused, StartError
from .kserve_sdk import DataPlane, InferRequest, InvalidInput
from .model import MlflowModel
from .settings import Settings
from .work import Work

_log = logging.getLogger(__name__)

_CODES = {
    404: StatusCode.NOT_FOUND,
    429: StatusCode.RESOURCE_EXHAUSTED,
    500: StatusCode.INTERNAL,
    503: StatusCode.UNAVAILABLE,
    504: StatusCode.DEADLINE_EXCEEDED,
}


class Servicer(InferenceServicer):  # type: ignore[misc]
    """Answers for one model. Loading and unloading are refused: a release decides what a pod serves."""

    def __init__(self, plane: DataPlane, model: MlflowModel, work: Work) -> None:
        super().__init__(plane, ModelRepositoryExtension(plane.model_registry))
        self._model = model
        self._work = work

    async def ServerReady(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Whether the model has answered a first request."""
        return messages.ServerReadyResponse(ready=self._work.ready)

    async def ModelReady(self, request: Any, context: Any) -> Any:  # noqa: N802
        """The same, of one model."""
        await self._refusing(context, self._named, request.name, request.version)
        return messages.ModelReadyResponse(ready=self._work.ready)

    async def ModelMetadata(self, request: Any, context: Any) -> Any:  # noqa: N802
        """The model's inputs and outputs."""
        await self._refusing(context, self._named, request.name, request.version)
        response = await super().ModelMetadata(request, context)
        response.versions.append(self._model.version)
        response.platform = "mlflow"
        return response

    async def ModelInfer(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Predict."""
        return await self._refusing(context, self._infer, request)

    async def RepositoryModelLoad(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Refused."""
        await context.abort(StatusCode.UNIMPLEMENTED, "A release decides what this server serves.")

    async def RepositoryModelUnload(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        """Refused."""
        await context.abort(StatusCode.UNIMPLEMENTED, "A release decides what this server serves.")

    async def _named(self, name: str, version: str) -> None:
        if name != self._model.name or version not in ("", self._model.version):
            raise CallerError(f"This server has version {self._model.version} of {self._model.name}, and nothing else.", 404)

    async def _infer(self, request: Any) -> Any:
        with self._work.request("grpc"):
            await self._named(request.model_name, request.model_version)
            try:
                self.validate_grpc_request(request)
                parsed = InferRequest.from_grpc(request)
            except InvalidInput as error:
                raise CallerError(f"{str(error).rstrip('.')}.") from None
            response, _ = await self._model(parsed)
            return response.to_grpc()

    async def _refusing(self, context: Any, task: Callable[..., Awaitable[Any]], *arguments: Any) -> Any:
        try:
            return await task(*arguments)
        except Refused as refused:
            code, message = _CODES.get(refused.status, StatusCode.INVALID_ARGUMENT), refused.message
        except Exception:
            _log.exception("the server failed on a gRPC request")
            code, message = StatusCode.INTERNAL, "The server failed."
        return await context.abort(code, message)


class VersionHeader(aio.ServerInterceptor):  # type: ignore[misc]
    """Sends `x-model-version` with every answer, and nothing before it.

    A gateway that has seen the headers of a call can no longer give it a status of its own: a server that hung or died
    after them would have failed without being counted. So a refusal has the version in its trailing metadata alone.
    """

    def __init__(self, version: str) -> None:
        self._metadata = (("x-model-version", version),)

    async def intercept_service(self, continuation: Any, details: Any) -> Any:
        """See `aio.ServerInterceptor`."""
        handler = await continuation(details)
        if handler is None or handler.unary_unary is None:
            return handler
        answer = handler.unary_unary

        async def versioned(request: Any, context: Any) -> Any:
            context.set_trailing_metadata(self._metadata)
            response = await answer(request, context)
            await context.send_initial_metadata(self._metadata)
            return response

        return grpc.unary_unary_rpc_method_handler(versioned, handler.request_deserializer, handler.response_serializer)


async def start_grpc(settings: Settings, plane: DataPlane, model: MlflowModel, work: Work) -> Any:
    """The running server.

    :raises StartError: when the port is in use.
    """
    server = aio.server(
        interceptors=[VersionHeader(settings.version)],
        maximum_concurrent_rpcs=settings.requests,
        options=[
            ("grpc.max_receive_message_length", settings.body_bytes),
            ("grpc.max_send_message_length", -1),
            ("grpc.so_reuseport", 0),
        ],
    )
    add_GRPCInferenceServiceServicer_to_server(Servicer(plane, model, work), server)
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    try:
        server.add_insecure_port(f"{host}:{settings.grpc_port}")
    except RuntimeError:
        raise StartError(
            f"GRPC_PORT {settings.grpc_port} of {settings.host} is in use or not allowed: choose another", 3
        ) from None
    await server.start()
    return server
