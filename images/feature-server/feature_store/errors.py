"""What ends a command, each told in plain sentences and without a stack trace."""

FAILED = 1
"""Exit code of what another try may cure: a store that does not answer, a view whose source is empty, values that differ."""
REFUSED = 2
"""Exit code of a definition, an argument or a variable that breaks a rule."""


class Stopped(Exception):
    """The command cannot go on; every sentence says what is wrong and what to do."""

    def __init__(self, *sentences: str, exit_code: int = FAILED) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences
        self.exit_code = exit_code


def one_line(error: BaseException) -> str:
    """What a library said, as a part of a sentence: at most 300 characters."""
    return " ".join(str(error).split())[:300] or type(error).__name__
