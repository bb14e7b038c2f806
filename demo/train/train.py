"""Trains the demonstration's classifier and writes what the embedded model server needs.

Run it in an environment that holds requirements.txt, for example one that uv makes in its cache:

    uv run --no-project --with-requirements demo/train/requirements.txt demo/train/train.py [FOLDER]

It writes the rows to FOLDER/data/breast-cancer.csv and the model to FOLDER/model/breast-cancer.data.json; FOLDER is
demo when none is named. The same versions on the same kind of processor give the same files byte for byte: the split
is seeded and the solver has no chance in it.
"""

import csv
import hashlib
import json
import struct
import sys
from pathlib import Path

import numpy
import sklearn
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

DEMO = Path(__file__).resolve().parent.parent
SEED = 20261123
HELD_OUT_FRACTION = 0.25


def split(labels: numpy.ndarray) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Row indexes to train on and to hold out, in rising order; the classes keep their shares in both."""
    train, held_out = train_test_split(
        numpy.arange(len(labels)), test_size=HELD_OUT_FRACTION, random_state=SEED, stratify=labels
    )
    return numpy.sort(train), numpy.sort(held_out)


def fit(rows: numpy.ndarray, labels: numpy.ndarray) -> Pipeline:
    """Standardises the features and fits a logistic regression on the given rows."""
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(rows, labels)


def digest(parameters: dict) -> str:
    """SHA-256 over the names, one a line, then every number as a little-endian 64-bit float.

    It covers what decides a prediction and nothing else, and does not depend on how JSON spells a number.
    """
    names = "".join(f"{name}\n" for name in [*parameters["features"], *parameters["classes"]])
    numbers = [*parameters["mean"], *parameters["scale"], *parameters["coefficients"], parameters["intercept"]]
    return "sha256:" + hashlib.sha256(names.encode() + struct.pack(f"<{len(numbers)}d", *numbers)).hexdigest()


def main(folder: Path) -> None:
    data = load_breast_cancer()
    train, held_out = split(data.target)
    pipeline = fit(data.data[train], data.target[train])
    scaler, regression = (step for _, step in pipeline.steps)
    parameters = {
        "features": data.feature_names.tolist(),
        "classes": data.target_names.tolist(),
        "mean": scaler.mean_.tolist(),
        "scale": scaler.scale_.tolist(),
        "coefficients": regression.coef_[0].tolist(),
        "intercept": float(regression.intercept_[0]),
    }
    csv_path = folder / "data" / "breast-cancer.csv"
    write_rows(csv_path, data)
    training = {
        "library": f"scikit-learn {sklearn.__version__}",
        "estimator": "StandardScaler, LogisticRegression(C=1.0, solver=lbfgs)",
        "seed": SEED,
        "trainingRows": len(train),
        "trainingAccuracy": accuracy(pipeline, data, train),
        "heldOutAccuracy": accuracy(pipeline, data, held_out),
        "heldOutCorrect": int((pipeline.predict(data.data[held_out]) == data.target[held_out]).sum()),
        "heldOutRows": held_out.tolist(),
        "dataDigest": "sha256:" + hashlib.sha256(csv_path.read_bytes()).hexdigest(),
    }
    model = {
        "name": "breast-cancer",
        "version": "1",
        "digest": digest(parameters),
        "parameters": parameters,
        "training": training,
    }
    model_path = folder / "model" / "breast-cancer.data.json"
    model_path.parent.mkdir(parents=True, exist_ok=True)
    model_path.write_text(json.dumps(model, indent=2) + "\n")
    print(f"{len(held_out)} rows held out, {training['heldOutCorrect']} right: {training['heldOutAccuracy']:.4f}")


def write_rows(path: Path, data) -> None:
    """One row a line, each number in the shortest form that reads back as the same 64-bit float."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*data.feature_names.tolist(), "target"])
        for row, label in zip(data.data.tolist(), data.target.tolist()):
            writer.writerow([*(repr(value) for value in row), label])


def accuracy(pipeline: Pipeline, data, rows: numpy.ndarray) -> float:
    """Share of the given rows whose class is predicted right, 0 to 1."""
    return float(pipeline.score(data.data[rows], data.target[rows]))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else DEMO)
