# Spectral normalisation: weight / sigma, sigma from the stored singular vectors (no power iteration in evaluation).
import torch
from torch.nn.parameter import Parameter


class SpectralNorm:
    def __init__(self, name='weight', n_power_iterations=1, dim=0, eps=1e-12):
        self.name = name
        self.dim = dim
        self.n_power_iterations = n_power_iterations
        self.eps = eps

    def reshape_weight_to_matrix(self, weight):
        if self.dim != 0:
            weight = weight.permute(self.dim, *[d for d in range(weight.dim()) if d != self.dim])
        return weight.reshape(weight.size(0), -1)

    def compute_weight(self, module, do_power_iteration=False):
        weight = getattr(module, self.name + '_orig')
        u = getattr(module, self.name + '_u')
        v = getattr(module, self.name + '_v')
        sigma = torch.dot(u, torch.mv(self.reshape_weight_to_matrix(weight), v))
        return weight / sigma

    def __call__(self, module, inputs):
        setattr(module, self.name, self.compute_weight(module))


def spectral_norm(module, name='weight', n_power_iterations=1, eps=1e-12, dim=None):
    if dim is None:
        transposed = type(module).__name__ in ('ConvTranspose1d', 'ConvTranspose2d', 'ConvTranspose3d')
        dim = 1 if transposed else 0
    weight = getattr(module, name)
    rows = weight.size(dim)
    delattr(module, name)
    module.register_parameter(name + '_orig', weight)
    setattr(module, name, torch.empty(weight.shape, dtype=weight.dtype))
    module.register_buffer(name + '_u', torch.zeros(rows, dtype=weight.dtype))
    module.register_buffer(name + '_v', torch.zeros(weight.numel() // rows, dtype=weight.dtype))
    module.register_forward_pre_hook(SpectralNorm(name, n_power_iterations, dim, eps))
    return module


def remove_spectral_norm(module, name='weight'):
    for key, hook in list(module._forward_pre_hooks.items()):
        if isinstance(hook, SpectralNorm) and hook.name == name:
            weight = getattr(module, name + '_orig')
            for suffix in ('_orig', '_u', '_v'):
                delattr(module, name + suffix)
            delattr(module, name)
            module.register_parameter(name, Parameter(torch.empty(weight.shape, dtype=weight.dtype)))
            del module._forward_pre_hooks[key]
            return module
    raise ValueError(f"spectral_norm of '{name}' not found in {module}")
