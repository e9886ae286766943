"""KServe's SDK without its client of Kubernetes.

`import kserve` also imports the client with which one makes InferenceServices: 0.5 s and 25 MB that are of no use here. So the
package is registered without running its `__init__`; its modules are the installed ones. Import this module first.
"""

import importlib.util
import sys
import types

if "kserve" not in sys.modules:
    _spec = importlib.util.find_spec("kserve")
    if _spec is None or _spec.submodule_search_locations is None:
        raise ModuleNotFoundError("the package kserve is not installed", name="kserve")
    _package = types.ModuleType("kserve")
    _package.__path__ = list(_spec.submodule_search_locations)
    _package.__spec__ = _spec
    sys.modules["kserve"] = _package

from kserve.errors import InvalidInput
from kserve.model import Model
from kserve.model_repository import ModelRepository
from kserve.protocol.dataplane import DataPlane
from kserve.protocol.infer_type import InferOutput, InferRequest, InferResponse

__all__ = ["DataPlane", "InferOutput", "InferRequest", "InferResponse", "InvalidInput", "Model", "ModelRepository"]
