"""Streams the numbers from 0 up to COUNT, PAUSE_MS apart; in place of number FAIL_AT it sends an error."""

import time

import numpy
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        for request in requests:
            stream(request)


def stream(request):
    sender = request.get_response_sender()
    fail_at = scalar(request, "FAIL_AT", -1)
    for number in range(scalar(request, "COUNT", 0)):
        time.sleep(scalar(request, "PAUSE_MS", 0) / 1000)
        if number == fail_at:
            sender.send(pb_utils.InferenceResponse(error=pb_utils.TritonError(f"number {number} fails as asked")))
            continue
        tensor = pb_utils.Tensor("NUMBER", numpy.array([number], dtype=numpy.int32))
        sender.send(pb_utils.InferenceResponse([tensor]))
    sender.send(flags=pb_utils.TRITONSERVER_RESPONSE_COMPLETE_FINAL)


def scalar(request, name, default):
    tensor = pb_utils.get_input_tensor_by_name(request, name)
    return default if tensor is None else int(tensor.as_numpy()[0])
