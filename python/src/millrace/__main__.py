"""`python -m millrace export`: exit codes 0 done, 1 incomplete record, 2 argument, 3 tracking server."""

import argparse
import json
import logging
import os
import sys
from pathlib import Path

os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

from .errors import IncompleteRecord, MillraceError, TrackingFailed
from .release import release_record

INCOMPLETE, WRONG, FAILED = 1, 2, 3
"""Exit codes."""


def main() -> None:
    """Print the record of a registered version, as `npx millrace release create model … --from` reads it."""
    parser = argparse.ArgumentParser("python -m millrace", description="The server is the one that MLFLOW_TRACKING_URI names.")
    export = parser.add_subparsers(dest="command", required=True, metavar="export").add_parser(
        "export", help="print the record of a registered version as JSON", description=main.__doc__
    )
    export.add_argument("model", help="its name, such as fraud")
    export.add_argument("version", help="its number in the registry, such as 4, or @<alias>, such as @candidate")
    export.add_argument("--files", type=Path, metavar="FOLDER", help="folder that gets the version's files, for the model store")
    options = parser.parse_args()
    logging.disable(logging.INFO)
    try:
        told = release_record(options.model, options.version, options.files)
    except MillraceError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(INCOMPLETE if isinstance(error, IncompleteRecord) else FAILED if isinstance(error, TrackingFailed) else WRONG)
    sys.stdout.write(json.dumps(told, indent=2, sort_keys=True, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
