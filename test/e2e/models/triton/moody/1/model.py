"""Sleeps as long as it is told and answers with that; a negative time makes it fail.

The file TOUCH, made before the sleep, tells a test that the model is at work.
"""

import pathlib
import time

import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        return [answer(request) for request in requests]


def answer(request):
    sleep_ms = pb_utils.get_input_tensor_by_name(request, "SLEEP_MS").as_numpy()
    if sleep_ms[0] < 0:
        return pb_utils.InferenceResponse(error=pb_utils.TritonError("the model was told to fail"))
    touch = pb_utils.get_input_tensor_by_name(request, "TOUCH")
    if touch is not None:
        pathlib.Path(touch.as_numpy()[0].decode()).touch()
    time.sleep(int(sleep_ms[0]) / 1000)
    return pb_utils.InferenceResponse([pb_utils.Tensor("SLEPT_MS", sleep_ms)])
