"""Trains a classifier on scikit-learn's breast-cancer rows and saves it as an MLflow model: classifier.py DIRECTORY."""

import sys

import mlflow.sklearn
from mlflow.models import infer_signature
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

rows, labels = load_breast_cancer(return_X_y=True, as_frame=True)
# Four columns keep the test bodies readable.
rows = rows[["mean radius", "mean texture", "mean smoothness", "worst area"]]
model = make_pipeline(StandardScaler(), LogisticRegression(random_state=0)).fit(rows, labels)
mlflow.sklearn.save_model(
    model,
    sys.argv[1],
    signature=infer_signature(rows, model.predict(rows)),
    pip_requirements=["scikit-learn"],
    serialization_format="cloudpickle",
)
