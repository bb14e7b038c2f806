"""Registers a version of a model for each folder, with the folder's files as artifacts: register.py URI NAME FOLDER...

The first version points to the artifacts of a run, as MLflow 2 keeps models, all others to a logged model, as MLflow 3 does.
"""

import sys

from mlflow import MlflowClient

uri, name, *folders = sys.argv[1:]
client = MlflowClient(uri)
experiment = client.create_experiment(name)
client.create_registered_model(name)


def artifacts_of_run(folder):
    run = client.create_run(experiment).info
    client.log_artifacts(run.run_id, folder, "model")
    return {"source": f"{run.artifact_uri}/model", "run_id": run.run_id}


def artifacts_of_logged_model(folder):
    model_id = client.create_logged_model(experiment).model_id
    client.log_model_artifacts(model_id, folder)
    client.finalize_logged_model(model_id, "READY")
    return {"source": f"models:/{model_id}", "model_id": model_id}


for index, folder in enumerate(folders):
    artifacts = artifacts_of_run(folder) if index == 0 else artifacts_of_logged_model(folder)
    client.create_model_version(name, **artifacts)
