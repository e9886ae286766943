"""Whether the files of a model are those of its release. Imports no model library, so that it costs no time."""

from pathlib import Path

from fetch_model.digest import tree_digest

from .errors import StartError


def verified_digest(folder: Path, named: str) -> str:
    """The digest of a model's files.

    :param named: what it must be, `MODEL_SHA256`; nothing where it does not matter.
    :raises StartError: when it is another one.
    """
    digest = tree_digest(folder)
    if named and named != digest:
        raise StartError(f"the files of {folder} have the digest {digest}, and MODEL_SHA256 is {named}: fetch the model again")
    return digest
