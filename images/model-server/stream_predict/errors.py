"""How a stream fails. What a record itself is to blame for is a dead letter (`dead_letters.py`); all else is tried again."""


class StreamFailed(Exception):
    """The source or an output does not answer, or refuses us. The message is one sentence without its full stop."""


class Stopped(Exception):
    """A signal came while something was tried again: nothing more is begun."""
