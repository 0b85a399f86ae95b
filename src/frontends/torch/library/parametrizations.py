# The parametrisations that PyTorch brings.
import torch
from torch.nn.modules.module import Module
from torch.nn.utils.parametrize import register_parametrization
from torch.nn.utils.weight_norm import _norm_shape


class _WeightNorm(Module):
    def __init__(self, dim=0):
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g, weight_v):
        return torch._weight_norm(weight_v, weight_g, self.dim)

    def right_inverse(self, weight):
        return torch.empty(_norm_shape(weight, self.dim), dtype=weight.dtype), weight


class _SpectralNorm(Module):
    def __init__(self, weight, n_power_iterations=1, dim=0, eps=1e-12):
        super().__init__()
        self.dim = dim if dim >= 0 else dim + weight.dim()
        self.eps = eps
        self.n_power_iterations = n_power_iterations
        self.ndim = weight.dim()
        if self.ndim > 1:
            rows = weight.size(self.dim)
            self.register_buffer('_u', torch.zeros(rows, dtype=weight.dtype))
            self.register_buffer('_v', torch.zeros(weight.numel() // rows, dtype=weight.dtype))

    def _reshape_weight_to_matrix(self, weight):
        if self.dim != 0:
            weight = weight.permute(self.dim, *[d for d in range(weight.dim()) if d != self.dim])
        return weight.flatten(1)

    def forward(self, weight):
        if self.ndim == 1:
            return torch.nn.functional.normalize(weight, dim=0, eps=self.eps)
        # Detached copies protect the stored vectors from the next iteration.
        u = self._u.clone()
        v = self._v.clone()
        sigma = torch.dot(u, torch.mv(self._reshape_weight_to_matrix(weight), v))
        return weight / sigma


def weight_norm(module, name='weight', dim=0):
    return register_parametrization(module, name, _WeightNorm(dim), unsafe=True)


def spectral_norm(module, name='weight', n_power_iterations=1, eps=1e-12, dim=None):
    weight = getattr(module, name)
    if dim is None:
        transposed = type(module).__name__ in ('ConvTranspose1d', 'ConvTranspose2d', 'ConvTranspose3d')
        dim = 1 if transposed else 0
    return register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))
