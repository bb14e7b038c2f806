"""Saves the model of actor.py: save_actor.py DIRECTORY."""

import pathlib
import sys

import mlflow.pyfunc
from mlflow.models import ModelSignature
from mlflow.types import ParamSchema, ParamSpec

signature = ModelSignature(
    params=ParamSchema(
        [
            ParamSpec("sleep_seconds", "double", 0.0),
            ParamSpec("padding_bytes", "long", 0),
            ParamSpec("fail", "boolean", False),
            ParamSpec("touch", "string", ""),
        ]
    )
)
mlflow.pyfunc.save_model(
    sys.argv[1],
    python_model=str(pathlib.Path(__file__).with_name("actor.py")),
    signature=signature,
    pip_requirements=[],
)
