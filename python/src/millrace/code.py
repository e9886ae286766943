"""Version of the code that trains: the commit that is checked out, or one that is given."""

import os
import subprocess
import sys
from pathlib import Path

from .errors import WrongArgument
from .parts import COMMIT

VARIABLE = "MILLRACE_CODE"
"""Variable that names the commit where there is no repository, such as in an image."""


def code_version(given: str | None = None) -> str | None:
    """The commit of the code, with `-dirty` behind it where files differ from it; None outside a repository.

    The first that is there counts: what is given, the variable `MILLRACE_CODE`, the repository of the running script, that of
    the current folder (a notebook has no script).

    :param given: 40 hexadecimal digits.
    :raises WrongArgument: when the commit that is given is none.
    """
    for name, commit in (("code", given), (VARIABLE, os.environ.get(VARIABLE))):
        if commit:
            if not COMMIT.fullmatch(commit):
                raise WrongArgument(f"'{name}' must be a commit of Git, 40 hexadecimal digits, got {commit[:100]!r}")
            return commit
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    folders = [Path(script).resolve().parent] if script else []
    for folder in (*folders, Path.cwd()):
        if (commit := _git(folder, "rev-parse", "--verify", "HEAD")) is not None:
            # New files count, as what is imported from them is code, too.
            return f"{commit.strip()}-dirty" if _git(folder, "status", "--porcelain") else commit.strip()
    return None


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        ran = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=False)  # noqa: S603, S607
    except OSError:
        return None
    return ran.stdout if ran.returncode == 0 else None
