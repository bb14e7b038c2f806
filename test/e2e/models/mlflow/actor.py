"""An MLflow model from code that acts as its params say: it repeats, sleeps, grows its answer or fails."""

import pathlib
import time

from mlflow.models import set_model
from mlflow.pyfunc import PythonModel


class Actor(PythonModel):
    def predict(self, context, model_input, params=None):
        params = params or {}
        if params.get("touch"):
            # Tells a test that the model is at work.
            pathlib.Path(params["touch"]).touch()
        time.sleep(params.get("sleep_seconds", 0.0))
        if params.get("fail", False):
            raise RuntimeError("the model was told to fail")
        if hasattr(model_input, "to_dict"):
            model_input = model_input.to_dict(orient="records")
        return {"seen": model_input, "padding": "x" * params.get("padding_bytes", 0)}


set_model(Actor())
