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


class ModelFailure(Refused):
    """The model failed on a request that its signature allows."""

    def __init__(self, message: str, status: int = HTTPStatus.INTERNAL_SERVER_ERROR) -> None:
        super().__init__(status, message)


class StartError(Exception):
    """The server cannot start; the message is one sentence that says what to do."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code
