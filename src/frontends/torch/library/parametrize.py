# Parametrisations: a tensor computed from others whenever it is read. The module keeps them under `parametrizations`.
import contextlib

import torch
from torch.nn.modules.container import ModuleDict, ModuleList
from torch.nn.modules.module import Module
from torch.nn.parameter import Parameter


class ParametrizationList(ModuleList):
    def __init__(self, modules, original, unsafe=False):
        super().__init__(modules)
        self.unsafe = unsafe
        for module in reversed(list(self._modules.values())):
            if hasattr(module, 'right_inverse'):
                original = module.right_inverse(original)
        self.is_tensor = isinstance(original, torch.Tensor)
        if self.is_tensor:
            self.original = original if isinstance(original, Parameter) else Parameter(original)
            self.ntensors = 1
        else:
            self.ntensors = len(original)
            for index, part in enumerate(original):
                setattr(self, f'original{index}', Parameter(part))

    def forward(self):
        if self.is_tensor:
            originals = (self.original,)
        else:
            originals = tuple(getattr(self, f'original{index}') for index in range(self.ntensors))
        value = originals
        for module in self._modules.values():
            value = (module(*value),)
        return value[0]


def register_parametrization(module, tensor_name, parametrization, *, unsafe=False):
    if 'parametrizations' in module._modules and tensor_name in module.parametrizations:
        module.parametrizations[tensor_name].append(parametrization)
        return module
    original = getattr(module, tensor_name)
    delattr(module, tensor_name)
    if 'parametrizations' not in module._modules:
        module.parametrizations = ModuleDict()
    module.parametrizations[tensor_name] = ParametrizationList([parametrization], original, unsafe)
    base = type(module)

    def read(self):
        return self.parametrizations[tensor_name]()

    module.__class__ = type('Parametrized' + base.__name__, (base,), {tensor_name: property(read)})
    return module


def is_parametrized(module, tensor_name=None):
    if 'parametrizations' not in module._modules:
        return False
    return tensor_name is None or tensor_name in module.parametrizations


def remove_parametrizations(module, tensor_name, leave_parametrized=True):
    weight = getattr(module, tensor_name)
    del module.parametrizations[tensor_name]
    module.__class__ = type(module).__bases__[0]
    setattr(module, tensor_name, Parameter(torch.empty(weight.shape, dtype=weight.dtype)))
    if len(module.parametrizations) == 0:
        del module.parametrizations
    return module


@contextlib.contextmanager
def cached():
    yield
