"""`model-server`: serves the model that the variables name. Exit codes: 0 ended by a signal, 1 model, 2 variable, 3 port."""

import gc
import os
import sys
from time import time

# Most objects of the start live until the end, so looking for garbage among them costs time. Enabled once the model is loaded.
gc.disable()
# Before numpy: a few threads predict, so none of them needs threads of its own. Who has larger models sets these.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
# A pod reaches no such host, and the first request would wait for it.
os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")


def main() -> None:
    """Run until a signal ends it."""
    import logging

    began = time()
    logging.basicConfig(stream=sys.stderr, level=os.environ.get("LOG_LEVEL", "INFO").upper(), format="%(levelname)s %(message)s")
    for name in ("uvicorn.error", "mlflow", "kserve", "trace", "asyncio"):
        logging.getLogger(name).setLevel(logging.ERROR)

    from .errors import StartError
    from .settings import read_settings

    try:
        settings = read_settings()

        import uvloop

        from .server import serve

        uvloop.run(serve(settings, began))
    except StartError as error:
        if error.__cause__ is not None:
            logging.getLogger(__name__).debug("because", exc_info=error.__cause__)
        sys.stderr.write(f"model-server: {error}.\n")
        sys.stderr.flush()
        # A thread may still be importing or predicting, and would keep a failed process.
        os._exit(error.exit_code)
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
