"""What scikit-learn says about rows: score_rows.py MODEL ROWS.json, a JSON object of scores on standard output.

ROWS.json holds {"columns": [...], "rows": [[...]], "labels": [...]}.
"""

import json
import sys

import mlflow.pyfunc
import pandas
from sklearn.metrics import accuracy_score, f1_score, precision_score, recall_score

model = mlflow.pyfunc.load_model(sys.argv[1])
with open(sys.argv[2], encoding="utf-8") as file:
    data = json.load(file)
labels = data["labels"]
predictions = [int(value) for value in model.predict(pandas.DataFrame(data["rows"], columns=data["columns"]))]
print(
    json.dumps(
        {
            "predictions": predictions,
            "accuracy": accuracy_score(labels, predictions),
            "precision": precision_score(labels, predictions),
            "recall": recall_score(labels, predictions),
            "f1": f1_score(labels, predictions),
        }
    )
)
