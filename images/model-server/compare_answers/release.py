"""Whether a release runs: whether the two Services lead to two versions."""

PROBE_SECONDS = 1.0
"""While both are the same version, one request in this time asks them."""


class Release:
    """What the versions of the last answers say. Times are those of one clock, seconds."""

    def __init__(self) -> None:
        self.runs = True
        """Also before the first answer, so that it is asked for."""
        self._next_probe = 0.0

    def is_wanted(self, now: float) -> bool:
        """Whether a request that comes now is worth keeping."""
        return self.runs or now >= self._next_probe

    def may_ask(self, now: float) -> bool:
        """Whether both may be asked now; while no release runs, only one caller in `PROBE_SECONDS` hears yes."""
        if not self.is_wanted(now):
            return False
        self._next_probe = now + PROBE_SECONDS
        return True

    def saw(self, old: str | None, new: str | None) -> bool:
        """Note who answered; None is who did not say. True when a release has just begun."""
        if old is None or new is None:
            return False
        ran, self.runs = self.runs, old != new
        return self.runs and not ran
