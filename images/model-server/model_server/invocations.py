"""MLflow's scoring protocol."""

from .http import Answer, Application, Incoming, Route
from .model import MlflowModel
from .requests import media_type, unpacked
from .settings import Settings
from .work import Work


def add_invocations(application: Application, model: MlflowModel, work: Work, settings: Settings) -> None:
    """Add `POST /invocations` and `GET /version`."""

    async def invocations(request: Incoming) -> Answer:
        with work.request("invocations"):
            kind = media_type(request.header(b"content-type"))
            body = await request.body()
            encoding = request.header(b"content-encoding")

            def answer() -> bytes:
                return model.invoke(unpacked(body, encoding, settings.body_bytes), kind)

            return Answer(await work.run(answer))

    async def version(request: Incoming) -> Answer:  # noqa: ARG001
        from importlib.metadata import version

        return Answer(version("mlflow-skinny").encode(), kind=b"text/plain")

    application.routes["/invocations"] = Route("POST", invocations)
    application.routes["/version"] = Route("GET", version)
