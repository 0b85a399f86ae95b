# Modules whose sizes are known only when the first input arrives.
import torch
from torch.nn.parameter import Parameter


class LazyModuleMixin:
    cls_to_become = None

    def _lazy(self, bias, dtype=None):
        self._pending = True
        self._wants_bias = bias
        self._dtype = dtype
        self.weight = None

    def _materialise(self, weight, bias):
        self.weight = Parameter(torch.empty(weight, dtype=self._dtype))
        if self._wants_bias:
            self.bias = Parameter(torch.empty(bias, dtype=self._dtype))

    def has_uninitialized_params(self):
        return self._pending

    def __call__(self, *args, **kwargs):
        if self._pending:
            self.initialize_parameters(*args, **kwargs)
            self._pending = False
        return super().__call__(*args, **kwargs)
