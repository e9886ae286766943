"""The places where tables lie."""

from .store import Entry, Store

__all__ = ["Entry", "Store", "store_of"]


def store_of(place: str) -> Store:
    """The store of `s3://<bucket>/<prefix>` or of an absolute path. The SDK of S3 is imported only where it is used."""
    if place.startswith("s3://"):
        from .s3 import S3

        return S3(place)
    from .folder import Folder

    return Folder(place)
