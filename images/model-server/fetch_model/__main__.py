"""`fetch-model`: exit codes 0 complete and verified, 1 unsafe file, 2 variable, 3 source, 4 not there, 5 digest, 6 folder."""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from .errors import FetchError, WrongVariable
from .sources import source_of
from .sources.folder import Folder
from .store import fetch


def main() -> None:
    """Fetch what the variables name."""
    try:
        run(os.environ)
    except FetchError as error:
        _say(f"{error}.")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


def run(variables: Mapping[str, str]) -> None:
    """Fetch what these variables name.

    :raises FetchError: when the folder is not complete afterwards.
    """
    uri, folder, sha256 = (variables.get(name, "") for name in ("MODEL_URI", "MODEL_DIR", "MODEL_SHA256"))
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise WrongVariable(f"MODEL_SHA256 must be 64 hexadecimal digits, got {sha256[:100]!r}")
    if not folder.startswith("/"):
        raise WrongVariable(f"MODEL_DIR must be an absolute path, got {folder[:200]!r}")
    source, target = source_of(uri), Path(folder)
    if isinstance(source, Folder) and _overlap(source.folder.resolve(), target.resolve()):
        # Files of a wrong digest are removed from there.
        raise WrongVariable(f"MODEL_DIR must be outside of MODEL_URI ({uri[:200]}), got {folder[:200]!r}")
    fetch(source, target, sha256, _say)
    _say(f"{uri} is complete in {folder} and has the digest {sha256}")


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


def _say(text: str) -> None:
    sys.stderr.write(f"fetch-model: {text}\n")


if __name__ == "__main__":
    main()
