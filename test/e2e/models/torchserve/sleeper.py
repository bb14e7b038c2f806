"""A TorchServe handler that sleeps for the milliseconds its JSON names, then answers with them."""

import time


def handle(data, context):
    if data is None:
        return None
    for row in data:
        time.sleep(row["body"]["sleep_ms"] / 1000)
    return [{"slept_ms": row["body"]["sleep_ms"]} for row in data]
