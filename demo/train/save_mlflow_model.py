"""Trains the same classifier on the same rows and saves it as an MLflow model, for a real MLflow server to serve.

Needs mlflow-skinny and pandas in addition to scikit-learn:

    python demo/train/save_mlflow_model.py FOLDER
"""

import sys

import mlflow.sklearn
from mlflow.models import infer_signature
from sklearn.datasets import load_breast_cancer

from train import fit, split


def main(folder: str) -> None:
    data = load_breast_cancer(as_frame=True)
    train, _ = split(data.target.to_numpy())
    rows, labels = data.data.iloc[train], data.target.iloc[train]
    mlflow.sklearn.save_model(
        fit(rows, labels),
        folder,
        signature=infer_signature(rows, labels),
        pip_requirements=["scikit-learn"],
        serialization_format="cloudpickle",
    )


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: save_mlflow_model.py FOLDER (it must not exist yet)")
    main(sys.argv[1])
