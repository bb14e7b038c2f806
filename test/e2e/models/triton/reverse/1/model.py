"""Answers with each byte string it was sent, backwards."""

import numpy
import triton_python_backend_utils as pb_utils


class TritonPythonModel:
    def execute(self, requests):
        return [answer(request) for request in requests]


def answer(request):
    texts = pb_utils.get_input_tensor_by_name(request, "TEXT").as_numpy()
    backwards = numpy.array([text[::-1] for text in texts], dtype=numpy.object_)
    return pb_utils.InferenceResponse([pb_utils.Tensor("REVERSED", backwards)])
