"""`hf://<owner>/<name>@<commit>`, from the Hugging Face Hub. `HF_TOKEN` opens private models, `HF_ENDPOINT` names another Hub."""

import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from ..errors import FetchError, NotThere, Unreachable, WrongVariable, is_of_folder, one_line
from .source import Remote

os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
# Plain HTTP goes through proxies that only know hosts by name, and goes on where it stopped.
os.environ.setdefault("HF_HUB_DISABLE_XET", "1")

_FORM = re.compile(r"hf://([\w.-]+/[\w.-]+)@([0-9a-f]{40})")


class HuggingFace:
    """A commit of a model's repository; a branch or a tag is refused, because it may name another commit tomorrow."""

    def __init__(self, uri: str) -> None:
        form = _FORM.fullmatch(uri)
        if form is None:
            raise WrongVariable(f"MODEL_URI must be hf://<owner>/<name>@<commit of 40 digits>, never a branch, got {uri[:200]!r}")
        self._repository, self._commit = form.groups()

    def list(self) -> Iterable[Remote]:
        """See `Source.list`."""
        from huggingface_hub import HfApi

        try:
            info = HfApi().model_info(self._repository, revision=self._commit, files_metadata=True)
        except Exception as error:
            raise self._failure(error) from error
        for item in info.siblings or []:
            yield Remote(item.rfilename, item.size, item.blob_id or "")

    def download(self, remote: Remote, part: Path) -> None:
        """See `Download`. The library keeps its own parts beside ours, and goes on with them."""
        from huggingface_hub import hf_hub_download

        folder = part.with_name(f"{part.name}.hub")
        try:
            fetched = hf_hub_download(self._repository, remote.path, revision=self._commit, local_dir=folder)
        except Exception as error:
            if isinstance(error, OSError) and is_of_folder(error):
                raise
            raise self._failure(error) from error
        Path(fetched).replace(part)
        shutil.rmtree(folder)

    def _failure(self, error: Exception) -> FetchError:
        if type(error).__name__ in ("RepositoryNotFoundError", "RevisionNotFoundError", "EntryNotFoundError", "GatedRepoError"):
            return NotThere(
                f"the Hub has no {self._repository} at {self._commit}, or it is private and HF_TOKEN does not open it"
            )
        return Unreachable(f"the Hub does not give {self._repository}: {one_line(error)}")
