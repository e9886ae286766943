"""Makes the models that the tests serve, each in a folder of its own. Run as a program."""

import sys
import warnings
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")


def cancer(folder: Path) -> None:
    """Scikit-learn, a data frame of 30 doubles, probabilities."""
    import mlflow.sklearn
    from sklearn.datasets import load_breast_cancer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    rows, target = load_breast_cancer(return_X_y=True, as_frame=True)
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(rows, target)
    mlflow.sklearn.save_model(model, folder, input_example=rows[:2], pyfunc_predict_fn="predict_proba")


def unsigned(folder: Path) -> None:
    """Without a signature."""
    import mlflow.sklearn
    from sklearn.linear_model import LinearRegression

    mlflow.sklearn.save_model(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]), folder)


def wrong(folder: Path) -> None:
    """A signature of another table than the model was trained with."""
    import mlflow.sklearn
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema
    from sklearn.linear_model import LinearRegression

    signature = ModelSignature(Schema([ColSpec("double", "a"), ColSpec("double", "b")]))
    mlflow.sklearn.save_model(LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0]), folder, signature=signature)


def boosted(folder: Path) -> None:
    """XGBoost, a data frame of several types, of which one column may be missing."""
    import mlflow.xgboost
    import numpy as np
    import pandas as pd
    from xgboost import XGBRegressor

    random = np.random.default_rng(1)
    rows = pd.DataFrame(
        {
            "amount": random.random(200).astype(np.float32),
            "count": random.integers(0, 9, 200),
            "night": random.random(200) < 0.5,
            "age": np.where(random.random(200) < 0.2, np.nan, random.random(200)),
        }
    )
    model = XGBRegressor(n_estimators=5).fit(rows, rows["amount"] + rows["count"])
    mlflow.xgboost.save_model(model, folder, input_example=rows[:20])


def tensor(folder: Path) -> None:
    """Scikit-learn, one tensor, labels."""
    import mlflow.sklearn
    from sklearn.datasets import load_iris
    from sklearn.tree import DecisionTreeClassifier

    rows, target = load_iris(return_X_y=True)
    names = load_iris().target_names[target]
    model = DecisionTreeClassifier().fit(rows, names)
    mlflow.sklearn.save_model(model, folder, input_example=rows[:3], serialization_format="cloudpickle")


def moody(folder: Path) -> None:
    """Does what its input says: answers, fails, waits, or answers NaN."""
    import mlflow.pyfunc
    from mlflow.models import ModelSignature
    from mlflow.pyfunc.model import PythonModel
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema

    class Moody(PythonModel):
        def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
            import time

            mood, value = model_input["mood"][0], model_input["value"]
            if mood == "raise":
                raise KeyError("secret of the model")
            if mood == "sleep":
                time.sleep(float(value[0]))
            if mood == "nan":
                return value.to_numpy() * float("nan")
            if mood == "object":
                return [object()]
            return value.to_numpy() * (params or {}).get("factor", 2)

    signature = ModelSignature(
        Schema([ColSpec("string", "mood"), ColSpec("double", "value")]),
        Schema([ColSpec("double")]),
        ParamSchema([ParamSpec("factor", "double", 2.0)]),
    )
    mlflow.pyfunc.save_model(folder, python_model=Moody(), signature=signature)


def several(folder: Path) -> None:
    """Scikit-learn, a data frame of two doubles, two outputs with names."""
    import mlflow.sklearn
    import pandas as pd
    from mlflow.models import infer_signature
    from sklearn.linear_model import LinearRegression

    rows = pd.DataFrame({"a": [0.0, 1.0, 2.0], "b": [1.0, 0.0, 5.0]})
    answers = pd.DataFrame({"sum": rows["a"] + rows["b"], "twice": 2 * rows["a"]})
    model = LinearRegression().fit(rows, answers)
    mlflow.sklearn.save_model(model, folder, input_example=rows, signature=infer_signature(rows, answers))


def picky(folder: Path) -> None:
    """Raises below zero, answers NaN to 0, a row too few at 99, ends the process at -9, else doubles; knows text, too."""
    import mlflow.pyfunc
    import pandas as pd
    from mlflow.models import ModelSignature
    from mlflow.pyfunc.model import PythonModel
    from mlflow.types import ColSpec, Schema

    class Picky(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            values = model_input["value"].to_numpy().copy()
            if (values == -9).any():
                raise SystemExit(0)
            if (values < 0).any():
                raise KeyError(f"below zero: {values.min()}\nsecond line")
            if (values == 99).any():
                return values[:-1]
            values[values == 0] = float("nan")
            return values * 2

    inputs: list[Any] = [
        ColSpec("double", "value"),
        ColSpec("string", "region", required=False),
        ColSpec("double", "year", required=False),
    ]
    signature = ModelSignature(Schema(inputs), Schema([ColSpec("double")]))
    example = pd.DataFrame({"value": [1.0], "region": ["eu"], "year": [1.0]})
    mlflow.pyfunc.save_model(folder, python_model=Picky(), signature=signature, input_example=example)


def deadly(folder: Path) -> None:
    """Ends its process at -1, never answers to -2, raises at -3, else doubles."""
    import mlflow.pyfunc
    import pandas as pd
    from mlflow.models import ModelSignature
    from mlflow.pyfunc.model import PythonModel
    from mlflow.types import ColSpec, Schema

    class Deadly(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            import os
            import signal
            import time

            values = model_input["value"].to_numpy()
            if (values == -1).any():
                os.kill(os.getpid(), signal.SIGKILL)
            if (values == -2).any():
                time.sleep(3600)
            if (values == -3).any():
                raise KeyError("minus three")
            return values * 2

    inputs: list[Any] = [ColSpec("double", "value")]
    signature = ModelSignature(Schema(inputs), Schema([ColSpec("double")]))
    mlflow.pyfunc.save_model(folder, python_model=Deadly(), signature=signature, input_example=pd.DataFrame({"value": [1.0]}))


def kinds(folder: Path) -> None:
    """Every type of column, required and not; answers what arrived."""
    import mlflow.pyfunc
    from mlflow.models import ModelSignature
    from mlflow.pyfunc.model import PythonModel
    from mlflow.types import ColSpec, Schema

    class Kinds(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            return [{name: f"{model_input[name].dtype} {model_input[name][0]!r}" for name in model_input}]

    names = ["double", "float", "long", "integer", "boolean", "string", "datetime", "binary"]
    columns: list[Any] = [ColSpec(name, name) for name in names] + [ColSpec(name, f"{name}?", required=False) for name in names]
    mlflow.pyfunc.save_model(folder, python_model=Kinds(), signature=ModelSignature(Schema(columns)))


def nested(folder: Path) -> None:
    """A column that holds lists."""
    import mlflow.pyfunc
    from mlflow.models import infer_signature
    from mlflow.pyfunc.model import PythonModel

    class Nested(PythonModel):
        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            return [float(sum(values)) for values in model_input["values"]]

    example = [{"values": [1.0, 2.0]}]
    import pandas as pd

    frame = pd.DataFrame(example)
    mlflow.pyfunc.save_model(folder, python_model=Nested(), signature=infer_signature(frame, [3.0]), input_example=frame)


def foreign(folder: Path) -> None:
    """Needs a package that is not there."""
    unsigned(folder)
    import yaml

    text = yaml.safe_load((folder / "MLmodel").read_text())
    text["flavors"]["python_function"]["loader_module"] = "a_package_that_nobody_has"
    text["signature"] = {"inputs": '[{"type": "double", "name": "a", "required": true}]', "outputs": None, "params": None}
    (folder / "MLmodel").write_text(yaml.safe_dump(text))


def torch(folder: Path) -> None:
    """PyTorch, one tensor."""
    import mlflow.pytorch
    import numpy as np
    import torch

    torch.manual_seed(1)
    example = np.ones((2, 4), dtype=np.float32)
    mlflow.pytorch.save_model(torch.nn.Sequential(torch.nn.Linear(4, 1)), folder, input_example=example)


if __name__ == "__main__":
    for each in sys.argv[2:]:
        globals()[each](Path(sys.argv[1]) / each)
