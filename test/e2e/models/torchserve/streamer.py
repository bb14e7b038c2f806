"""A TorchServe handler that sends its answer in the number of chunks its JSON names, a pause between them."""

import time

from ts.handler_utils.utils import send_intermediate_predict_response


def handle(data, context):
    if data is None:
        return None
    body = data[0]["body"]
    for index in range(body["chunks"] - 1):
        send_intermediate_predict_response(
            [f"chunk {index} "], context.request_ids, "Intermediate Prediction success", 200, context
        )
        time.sleep(body.get("pause_ms", 0) / 1000)
    return ["last chunk"]
