"""The model: KServe's `Model` around `mlflow.pyfunc`."""

import copy
import logging
from typing import Any

from .answers import check_finite, columns_of, to_json
from .errors import CallerError, ModelFailure, Refused, StartError
from .kserve_sdk import InferRequest, InferResponse, Model
from .metrics import Metrics
from .requests import input_of
from .settings import Settings
from .signature import InputSignature, input_signature
from .work import Work

_log = logging.getLogger(__name__)


class MlflowModel(Model):  # type: ignore[misc]
    """One version of an MLflow model, ready once it has answered its own example."""

    def __init__(self, settings: Settings, metrics: Metrics, work: Work) -> None:
        super().__init__(settings.name)
        self.version = settings.version
        self._settings = settings
        self._metrics = metrics
        self._work = work
        self._signature: InputSignature
        self._pyfunc: Any
        self._parameters: dict[str, Any] = {}
        self._optional: frozenset[str | None] = frozenset()
        self.inputs: list[dict[str, Any]] = []
        self.outputs: list[dict[str, Any]] = []
        self.output_names: list[str | None] = []

    @property
    def signature(self) -> InputSignature:
        """How its input is checked, once it is loaded."""
        return self._signature

    def load(self) -> bool:
        """Load the model and let it answer a first request.

        :raises StartError: says why the model cannot be served.
        """
        from . import tensor_types

        metadata = self._read()
        schema = metadata.get_output_schema()
        self._optional = (
            frozenset(spec.name for spec in schema.inputs if not spec.required) if schema is not None else frozenset()
        )
        self.output_names = [spec.name for spec in schema.inputs] if schema is not None else []
        parameters = metadata.get_params_schema()
        self._parameters = {spec.name: spec for spec in parameters.params} if parameters is not None else {}
        self._metrics.predictions.bounds = _bounds(metadata) or self._metrics.predictions.bounds
        self.inputs = tensor_types.described(metadata.get_input_schema())
        self.outputs = tensor_types.described(schema)
        self._warm_up(metadata)
        self.ready = True
        return True

    def _read(self) -> Any:
        import mlflow.pyfunc
        from mlflow.models import Model as Metadata
        from mlflow.models import ModelSignature

        folder = str(self._settings.folder)
        try:
            metadata = Metadata.load(folder)
        except Exception as error:
            raise StartError(f"{folder}/MLmodel cannot be read: {_line(error)}") from error
        self._signature = input_signature(metadata)
        try:
            loaded = mlflow.pyfunc.load_model(folder, suppress_warnings=True)
        except ModuleNotFoundError as error:
            raise StartError(
                f"The model needs the Python package {error.name!r}, which this image lacks: build an image that has it"
            ) from error
        except Exception as error:
            raise StartError(f"The model cannot be loaded: {_line(error)}") from error
        self._pyfunc = loaded
        if self._signature.enforces:
            # The same model without an input signature: MLflow need not check again what was checked.
            bare = copy.copy(loaded.metadata)
            params = loaded.metadata.get_params_schema()
            bare.signature = ModelSignature(params=params) if params is not None else None
            predict = loaded.metadata.flavors["python_function"].get("predict_fn", "predict")
            self._pyfunc = mlflow.pyfunc.PyFuncModel(bare, loaded._model_impl, predict, model_id=loaded.model_id)
        return metadata

    def _warm_up(self, metadata: Any) -> None:
        example = metadata.get_serving_input(str(self._settings.folder))
        own = example is not None
        try:
            if own:
                try:
                    self.invoke(example.encode(), "application/json")
                    return
                except CallerError as error:
                    _log.warning("The model's input example does not fit its signature: %s", error.message)
            to_json(self._answer(self._signature.example(), None), self._optional)
        except Refused as refused:
            source = "its own input example" if own else "an example made from its signature"
            remedy = (
                "log it again with a signature inferred from data that it takes" if own else "log it again with an input example"
            )
            raise StartError(f"The model fails on {source} ({refused.message.rstrip('.')}): {remedy}") from refused

    def invoke(self, body: bytes, kind: str) -> bytes:
        """Answer a request of MLflow's scoring protocol, whose body is `application/json` or `text/csv`."""
        data, parameters = input_of(body, kind, self._signature)
        prediction = self._answer(data, self._checked(parameters))
        answer = to_json(prediction, self._optional)
        self._metrics.predictions.observe(columns_of(prediction))
        return answer

    async def predict(self, payload: InferRequest, headers: dict[str, str] | None = None) -> InferResponse:  # noqa: ARG002
        """Answer a request of the Open Inference Protocol."""
        return await self._work.run(self._infer, payload)

    def _infer(self, request: InferRequest) -> InferResponse:
        from . import tensor_types

        arrays = tensor_types.arrays_of(request)
        prediction = self._answer(self._signature.from_arrays(arrays), None)
        check_finite(prediction, self._optional)
        response = tensor_types.response_of(request, prediction, self.version)
        self._metrics.predictions.observe(columns_of(prediction))
        return response

    def answer(self, data: Any) -> Any:
        """Predict for an input that `signature` has made.

        :raises ModelFailure: when the model raised, or answered NaN or infinity in an output that its signature requires.
        """
        prediction = self._answer(data, None)
        check_finite(prediction, self._optional)
        return prediction

    def get_input_types(self) -> list[dict[str, Any]]:
        """The tensors that the Open Inference Protocol takes."""
        return self.inputs

    def get_output_types(self) -> list[dict[str, Any]]:
        """The tensors that it answers, as far as the signature names them."""
        return self.outputs

    def _answer(self, data: Any, parameters: dict[str, Any] | None) -> Any:
        try:
            return self._pyfunc.predict(data, params=parameters)
        except Exception as error:
            if not self._signature.enforces and _refuses(error):
                from .nested import sentence

                raise CallerError(sentence(error)) from None
            raise ModelFailure(f"The model failed on a request that its signature allows: {type(error).__name__}.") from error

    def _checked(self, parameters: Any) -> dict[str, Any] | None:
        from mlflow.types import ParamSpec

        if parameters is None:
            return None
        if not isinstance(parameters, dict):
            raise CallerError("'params' must be an object.")
        for name, value in parameters.items():
            if name not in self._parameters:
                known = ", ".join(map(repr, self._parameters)) or "none"
                raise CallerError(f"'params' has {name[:60]!r}, and the model's parameters are: {known}.")
            try:
                ParamSpec.validate_param_spec(value, self._parameters[name])
            except Exception:
                raise CallerError(f"The parameter {name!r} must be {self._parameters[name].dtype}.") from None
        return parameters


def _refuses(error: Exception) -> bool:
    """MLflow itself has refused the request, as it does for signatures that it enforces."""
    return getattr(error, "error_code", None) in ("INVALID_PARAMETER_VALUE", "BAD_REQUEST")


def _bounds(metadata: Any) -> list[float] | None:
    bounds = (metadata.metadata or {}).get("prediction_buckets")
    if bounds is None:
        return None
    if not isinstance(bounds, list) or not 1 <= len(bounds) <= 100 or any(type(bound) not in (int, float) for bound in bounds):
        raise StartError("The model's metadata 'prediction_buckets' must be a list of 1 to 100 numbers")
    return sorted(set(map(float, bounds)))


def _line(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
