"""Works with a tracking server for as long as a file is not there, in four threads, and reads back what it has finished.

`load.py work <stop> <finished>` writes a line of JSON for each run that the client has reported as finished.
`load.py verify <finished>` prints what the server has of them.
"""

import hashlib
import json
import random
import sys
import threading
from pathlib import Path
from typing import Any

from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

THREADS = 4
METRICS = 10
"""Logged one after the other in each run, each in a request of its own."""
EXPERIMENT = "load"


def work(stop: Path, finished: Path) -> None:
    """Record runs, each with metrics, a parameter and a file, until somebody says stop."""
    experiment = MlflowClient().create_experiment(EXPERIMENT)
    lock = threading.Lock()

    def worker(number: int) -> None:
        client, dice = MlflowClient(), random.Random(number)  # noqa: S311 - no secret
        while not stop.exists():
            try:
                line = record(client, experiment, dice)
            except MlflowException as failure:
                # It is not reported as finished: nobody counts on it.
                line = {"failed": str(failure)[:200]}
            with lock, finished.open("a") as file:
                file.write(json.dumps(line) + "\n")

    threads = [threading.Thread(target=worker, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def record(client: MlflowClient, experiment: str, dice: random.Random) -> dict[str, Any]:
    """Record a run. @returns what the server must have of it."""
    run = client.create_run(experiment).info.run_id
    metrics = [dice.random() for _ in range(METRICS)]
    for step, value in enumerate(metrics):
        client.log_metric(run, "loss", value, step=step)
    seed = str(dice.random())
    client.log_param(run, "seed", seed)
    text = dice.randbytes(2_000).hex()
    client.log_text(run, text, "notes/text.txt")
    client.set_terminated(run)
    return {"run": run, "metrics": metrics, "seed": seed, "sha256": digest(text)}


def verify(finished: Path) -> dict[str, Any]:
    """Read every finished run back: what is missing, and what was left by runs that nobody has finished."""
    client = MlflowClient()
    lines = [json.loads(line) for line in finished.read_text().splitlines()]
    wanted = [line for line in lines if "run" in line]
    missing = [fault for line in wanted for fault in faults(client, line)]
    experiment = client.get_experiment_by_name(EXPERIMENT)
    kept = client.search_runs([experiment.experiment_id], max_results=50_000)
    names = {line["run"] for line in wanted}
    others = [run.info.status for run in kept if run.info.run_id not in names]
    failures = [line["failed"] for line in lines if "failed" in line]
    return {"finished": len(wanted), "missing": missing, "others": others, "failures": failures}


def faults(client: MlflowClient, line: dict[str, Any]) -> list[str]:
    """What the server does not have of a run."""
    run = client.get_run(line["run"])
    history = sorted((m.step, m.value) for m in client.get_metric_history(line["run"], "loss"))
    found = {
        "status": run.info.status == "FINISHED",
        "metrics": history == list(enumerate(line["metrics"])),
        "parameter": run.data.params == {"seed": line["seed"]},
        "file": digest(Path(client.download_artifacts(line["run"], "notes/text.txt")).read_text()) == line["sha256"],
    }
    return [f"{line['run']}: {what}" for what, ok in found.items() if not ok]


def digest(text: str) -> str:
    """Hash of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    if sys.argv[1] == "work":
        work(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        json.dump(verify(Path(sys.argv[2])), sys.stdout)
