# Weight normalisation: weight = g v / |v|, one g for each index of an axis.
import torch
from torch.nn.parameter import Parameter


def norm_except_dim(v, pow=2, dim=0):
    if dim is None or dim == -1:
        return v.norm()
    shape = [1] * v.dim()
    shape[dim] = v.size(dim)
    return v.transpose(0, dim).contiguous().flatten(1).norm(pow, 1).view(shape)


class WeightNorm:
    def __init__(self, name, dim):
        self.name = name
        self.dim = -1 if dim is None else dim

    def compute_weight(self, module):
        g = getattr(module, self.name + '_g')
        v = getattr(module, self.name + '_v')
        return torch._weight_norm(v, g, self.dim)

    def __call__(self, module, inputs):
        setattr(module, self.name, self.compute_weight(module))


def _norm_shape(weight, dim):
    if dim is None or dim == -1:
        return ()
    shape = [1] * weight.dim()
    shape[dim] = weight.size(dim)
    return tuple(shape)


def weight_norm(module, name='weight', dim=0):
    weight = getattr(module, name)
    delattr(module, name)
    module.register_parameter(name + '_g', Parameter(torch.empty(_norm_shape(weight, dim), dtype=weight.dtype)))
    module.register_parameter(name + '_v', Parameter(torch.empty(weight.shape, dtype=weight.dtype)))
    setattr(module, name, torch.empty(weight.shape, dtype=weight.dtype))
    module.register_forward_pre_hook(WeightNorm(name, dim))
    return module


def remove_weight_norm(module, name='weight'):
    for key, hook in list(module._forward_pre_hooks.items()):
        if isinstance(hook, WeightNorm) and hook.name == name:
            weight = getattr(module, name + '_v')
            delattr(module, name)
            delattr(module, name + '_g')
            delattr(module, name + '_v')
            setattr(module, name, Parameter(torch.empty(weight.shape, dtype=weight.dtype)))
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"weight_norm of '{name}' not found in {module}")
