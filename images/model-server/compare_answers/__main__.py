"""`python -m compare_answers`: compares the answers of two Services. Exit codes: 0 ended by a signal, 2 variable, 3 port."""

import logging
import os
import sys

import uvloop

from model_server.errors import StartError

from .server import serve
from .settings import read_settings


def main() -> None:
    """Run until a signal ends it."""
    logging.basicConfig(stream=sys.stderr, level=os.environ.get("LOG_LEVEL", "INFO").upper(), format="%(levelname)s %(message)s")
    for name in ("uvicorn.error", "asyncio", "aiohttp"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        uvloop.run(serve(read_settings()))
    except StartError as error:
        sys.stderr.write(f"compare-answers: {error}.\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
