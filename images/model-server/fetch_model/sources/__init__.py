"""Where models come from, chosen by the beginning of `MODEL_URI`."""

from urllib.parse import urlsplit

from ..errors import WrongVariable
from .source import Source

SCHEMES = "s3://, models:/, runs:/, hf:// or file://"


def source_of(uri: str) -> Source:
    """The source of a URI. Its SDK is imported only then: the others' would cost seconds.

    :raises WrongVariable: when there is none.
    """
    try:
        scheme = urlsplit(uri).scheme
    except ValueError:
        scheme = ""
    match scheme:
        case "s3":
            from .s3 import S3

            return S3(uri)
        case "models" | "runs":
            from .mlflow import Mlflow

            return Mlflow(uri)
        case "hf":
            from .huggingface import HuggingFace

            return HuggingFace(uri)
        case "file":
            from .folder import Folder

            return Folder(uri)
    raise WrongVariable(f"MODEL_URI must be an address that begins with {SCHEMES}, got {uri[:200]!r}")
