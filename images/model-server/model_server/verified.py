"""The digest of what is about to be loaded. Loading a model runs what its files say, so they are compared before."""

from pathlib import Path

from fetch_model.digest import tree_digest

from .errors import StartError


def verified_digest(folder: Path, named: str) -> str:
    """The digest of the model's files.

    :param named: the digest that `MODEL_SHA256` names, or nothing.
    :raises StartError: when the files have another one.
    """
    digest = tree_digest(folder)
    if named and named != digest:
        raise StartError(f"the files of {folder} have the digest {digest}, and MODEL_SHA256 is {named}: fetch the model again")
    return digest
