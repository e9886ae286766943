"""What goes wrong, by whose mistake it is: 4xx is the caller's, 5xx the server's or the model's."""

from http import HTTPStatus


class Refused(Exception):
    """An answer that is no prediction.

    The message is one plain sentence for the caller, without a stack trace.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message

    @property
    def code(self) -> str:
        """The status as MLflow's protocol writes it, such as `BAD_REQUEST`."""
        return HTTPStatus(self.status).name


class CallerError(Refused):
    """The request is wrong; the same request will be refused again."""

    def __init__(self, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(status, message)


class NotReady(Refused):
    """The model is being loaded."""

    def __init__(self) -> None:
        super().__init__(HTTPStatus.SERVICE_UNAVAILABLE, "The model is not ready.")


class ModelFailure(Refused):
    """The model failed on a request that its signature allows."""

    def __init__(self, message: str, status: int = HTTPStatus.INTERNAL_SERVER_ERROR) -> None:
        super().__init__(status, message)


class StartError(Exception):
    """The server cannot start; the message is one sentence that says what to do."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def one_line(error: BaseException) -> str:
    """What a library said, as a part of a sentence: at most 300 characters."""
    return " ".join(str(error).split())[:300] or type(error).__name__


def first_line(failure: Refused) -> str:
    """What a model raised, in one line, for whoever made it; `NaN or infinity` raises nothing."""
    cause = failure.__cause__
    if cause is None:
        return failure.message
    text = (str(cause).strip().splitlines() or [""])[0]
    return one_line(Exception(f"{type(cause).__name__}: {text}"))
