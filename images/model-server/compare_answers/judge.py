"""What two answers to the same request come to."""

from dataclasses import dataclass
from typing import NamedTuple

from .distance import difference

SAME = "same"
DIFFERENT = "different"
NEW_FAILED = "new_failed"
OLD_FAILED = "old_failed"
BOTH_FAILED = "both_failed"
UNREADABLE = "unreadable"
OUTCOMES = (SAME, DIFFERENT, NEW_FAILED, OLD_FAILED, BOTH_FAILED, UNREADABLE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one version answered."""

    status: int
    version: str | None
    """Who answered, as `x-model-version` says."""
    body: bytes | None
    """None when it is larger than we read."""
    seconds: float
    """From the request to the last byte that was read."""


class Verdict(NamedTuple):
    """The outcome of one comparison."""

    outcome: str
    distance: float | None = None
    """Largest distance between two numbers; None where no numbers were compared."""


def judge(old: Answer | None, new: Answer | None, tolerance: float) -> Verdict:
    """The verdict on two answers; None is no answer, which is a failure as 5xx is.

    Only bodies of successes are compared: the words of a refusal are nobody's result.
    """
    if old is None or old.status >= 500:
        return Verdict(BOTH_FAILED if new is None or new.status >= 500 else OLD_FAILED)
    if new is None or new.status >= 500:
        return Verdict(NEW_FAILED)
    if _has_no_version(old) or _has_no_version(new):
        return Verdict(UNREADABLE)
    if old.status != new.status:
        return Verdict(DIFFERENT)
    if not _succeeded(old):
        return Verdict(SAME)
    if old.body is None or new.body is None:
        return Verdict(UNREADABLE)
    alike, distance = difference(old.body, new.body)
    return Verdict(SAME if alike and (distance or 0.0) <= tolerance else DIFFERENT, distance)


def _has_no_version(answer: Answer) -> bool:
    return _succeeded(answer) and answer.version is None


def _succeeded(answer: Answer) -> bool:
    return 200 <= answer.status < 300
