"""`python -m feature_store`: exit codes 0 done, 1 a store failed, a source is empty or values differ, 2 an input is refused."""

import argparse
import json
import logging
import os
import re
import sys
import warnings
from pathlib import Path

FOLDER = "/features"
"""Where the image has the definitions."""


def main() -> None:
    """Run one command."""
    arguments = _parser().parse_args()
    # Feast tells of its progress and of deprecations on the way; whoever runs a command wants what it did.
    warnings.simplefilter("ignore")
    logging.basicConfig(level=os.environ.get("LOG_LEVEL", "ERROR"), format="%(levelname)s %(name)s: %(message)s")
    from .errors import Stopped, one_line

    try:
        sys.exit(arguments.run(arguments))
    except Stopped as stopped:
        _say(*stopped.sentences)
        sys.exit(stopped.exit_code)
    except Exception as error:
        if os.environ.get("LOG_LEVEL") == "DEBUG":
            raise
        _say(f"{type(error).__name__}: {one_line(error)} (LOG_LEVEL=DEBUG shows where)")
        sys.exit(1)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m feature_store", description="Features for training and serving.")
    commands = parser.add_subparsers(required=True, metavar="command")

    def command(name: str, run: object, text: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument("folder", nargs="?", type=Path, default=Path(FOLDER), help=f"definitions (default {FOLDER})")
        added.set_defaults(run=run)
        return added

    command("check", _check, "Check the definitions; nothing else is needed.")
    plan = command("plan", _plan, "Show what `apply` would change.")
    plan.add_argument("--against", type=Path, help="definitions before the change, in place of a registry")
    prepare = commands.add_parser("prepare", help="Make the database and its users, as the master user.")
    prepare.set_defaults(run=_prepare)
    command("apply", _apply, "Make registry and tables what the definitions say.")
    command("materialize", _materialize, "Bring new values into the online store.")
    serve = command("serve", _serve, "Answer requests for features.")
    serve.add_argument("--host", default="0.0.0.0", help="address to listen on (default all)")  # noqa: S104 - of a pod.
    serve.add_argument("--port", type=int, default=6566)
    serve.add_argument("--metrics-port", type=int, default=8000)
    skew = command("skew", _skew, "Compare what training reads with what is served.")
    skew.add_argument("--service", required=True, help="feature service of the model")
    skew.add_argument("--count", type=_count, default=1_000, help="entities, at most (default 1000)")
    skew.add_argument("--entities", type=Path, help="Parquet file with join keys and request values")
    skew.add_argument("--url", type=_url, help="feature server to ask, in place of the online store")
    return parser


def _check(arguments: argparse.Namespace) -> int:
    from .definitions import read_definitions, read_settings

    folder = arguments.folder.resolve()
    contents = read_definitions(folder, read_settings(folder).project)
    print(f"{len(contents.feature_views)} feature views and {len(contents.feature_services)} feature services are well defined")
    return 0


def _plan(arguments: argparse.Namespace) -> int:
    from .apply import show_plan

    show_plan(arguments.folder.resolve(), arguments.against and arguments.against.resolve())
    return 0


def _prepare(_: argparse.Namespace) -> int:
    from .prepare import prepare

    prepare()
    return 0


def _apply(arguments: argparse.Namespace) -> int:
    from .apply import apply

    apply(arguments.folder.resolve())
    return 0


def _materialize(arguments: argparse.Namespace) -> int:
    from contextlib import redirect_stdout

    from .apply import open_store
    from .materialize import materialize, record

    lines = sys.stdout
    # Feast writes its progress where a program's results go.
    with redirect_stdout(sys.stderr):
        for brought in materialize(open_store(arguments.folder.resolve())):
            print(json.dumps(record(brought)), file=lines, flush=True)
            if brought.too_late:
                _say(
                    f"feature view '{brought.view}': {brought.too_late} rows arrived when their event was already older"
                    " than the view's ttl: training reads them, nothing serves them"
                )
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    from .apply import open_store
    from .serve import serve

    serve(open_store(arguments.folder.resolve()), arguments.host, arguments.port, arguments.metrics_port)
    return 0


def _skew(arguments: argparse.Namespace) -> int:
    import pandas as pd

    from .apply import open_store
    from .errors import REFUSED, Stopped, one_line
    from .skew import SHOWN, compare

    entities = None
    if arguments.entities:
        try:
            entities = pd.read_parquet(arguments.entities)
        except Exception as error:
            raise Stopped(
                f"--entities must be a Parquet file, got {arguments.entities}: {one_line(error)}", exit_code=REFUSED
            ) from None
    found = compare(open_store(arguments.folder.resolve()), arguments.service, entities, arguments.count, arguments.url)
    for difference in found.differences[:SHOWN]:
        _say(difference.told())
    print(
        f"{found.service}: {found.entities} entities, {found.features} features as of {found.moment}:"
        f" {len(found.differences)} values differ, {found.expired} have expired since"
    )
    return 1 if found.differences else 0


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,5}", text):
        raise argparse.ArgumentTypeError(f"must be a whole number from 1 to 999999, got '{text}'")
    return int(text)


def _url(text: str) -> str:
    if not re.fullmatch(r"https?://\S+", text):
        raise argparse.ArgumentTypeError(f"must be the address of a feature server, such as http://feast.feast, got '{text}'")
    return text


def _say(*sentences: str) -> None:
    sys.stderr.writelines(f"feature_store: {sentence}\n" for sentence in sentences)
    sys.stderr.flush()


if __name__ == "__main__":
    main()
