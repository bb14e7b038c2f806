"""A TorchServe handler that makes the file its JSON names (when it does), sleeps for its milliseconds, and answers with them.

The file tells a test that the worker is at work.
"""

import pathlib
import time


def handle(data, context):
    if data is None:
        return None
    return [answer(row["body"]) for row in data]


def answer(body):
    if "touch" in body:
        pathlib.Path(body["touch"]).touch()
    time.sleep(body["sleep_ms"] / 1000)
    return {"slept_ms": body["sleep_ms"]}
