"""The steps of a Dockerfile, run as a script in a clean folder: there is no container engine everywhere.

A virtual environment is the base image, and its folder is `/usr/local`. What only an image has (users, ports) is left out.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

# Folders of images that lie below the clean folder instead.
MOVED = re.compile(r"(?<![\w.])(/usr/local|/install|/build|/app|/features)\b")


def steps_of(dockerfile: Path) -> str:
    """Its steps, a line each."""
    return re.sub(r"\\\n", " ", dockerfile.read_text())


def built(dockerfile: Path, context: Path, root: Path) -> Path:
    """Run the steps.

    :param context: the folder whose files they copy.
    :param root: an empty folder.
    :return: the root of the image, with `usr/local` in it. The arguments of `useradd` are in the file `useradd`.
    """
    local, fakes = root / "usr" / "local", root / "fakes"
    subprocess.run([sys.executable, "-m", "venv", str(local)], check=True)
    fakes.mkdir()
    (fakes / "useradd").write_text(f'#!/bin/sh\necho "$@" > {root}/useradd\n')
    (fakes / "useradd").chmod(0o755)
    environment = {"PATH": f"{local}/bin:{fakes}:/usr/bin:/bin", "HOME": str(root)}
    # Only the places of packages of whoever runs the tests, so that pip finds them as it does there.
    environment |= {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "HTTPS_", "https_"))}
    folder = root

    def here(text: str) -> str:
        return MOVED.sub(lambda found: f"{root}{found[1]}", text)

    for line in steps_of(dockerfile).splitlines():
        step, _, rest = line.strip().partition(" ")
        if step == "WORKDIR":
            folder = Path(here(rest))
            folder.mkdir(parents=True, exist_ok=True)
        elif step == "COPY" and "--from=build" in rest:
            _, source, target = rest.split()
            shutil.copytree(here(source), here(target), dirs_exist_ok=True, symlinks=True)
        elif step == "COPY":
            *patterns, target = rest.split()
            _copy([found for each in patterns for found in _matching(context, each)], folder / here(target))
        elif step == "RUN":
            # The package cache of the tests only saves time; the image is built without one.
            command = here(rest).replace("--no-cache-dir", "--quiet")
            done = subprocess.run(["sh", "-euc", command], cwd=folder, env=environment, capture_output=True, text=True)
            assert done.returncode == 0, f"{rest}\n{done.stdout}{done.stderr}"
    return root


def _matching(context: Path, pattern: str) -> list[Path]:
    found = sorted(context.glob(pattern))
    assert found, f"COPY finds nothing at {pattern}"
    return found


def _copy(sources: list[Path], target: Path) -> None:
    for source in sources:
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        elif target.name and len(sources) == 1 and not target.is_dir():
            shutil.copy(source, target)
        else:
            target.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
