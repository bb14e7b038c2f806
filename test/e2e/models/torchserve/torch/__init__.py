"""Stands in for the torch package: TorchServe's worker only asks whether a value is a Tensor and whether CUDA is there."""

__version__ = "0"


class Tensor:
    pass


class cuda:
    @staticmethod
    def is_available():
        return False
