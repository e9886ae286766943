"""How recording fails. Each message is one sentence, or one for each thing that is missing."""

from .parts import Missing, lacking


class MillraceError(Exception):
    """The base of everything that this package raises."""


class WrongArgument(MillraceError, ValueError):
    """An argument, or what it names, is invalid. The message says which, what it must be, and what it was."""


class TrackingFailed(MillraceError):
    """The tracking server does not answer, or refuses. MLflow's client has tried as often as its variables say."""


class IncompleteRecord(MillraceError):
    """A run lacks parts of its record, and nothing was registered."""

    def __init__(self, run_id: str, missing: tuple[Missing, ...]) -> None:
        super().__init__(lacking(f"run {run_id}", missing))
        self.run_id = run_id
        self.missing = missing
