# Initialisation changes values only, and values are not read: every function returns its tensor.
import math


def calculate_gain(nonlinearity, param=None):
    if nonlinearity == 'tanh':
        return 5.0 / 3
    if nonlinearity == 'relu':
        return math.sqrt(2.0)
    if nonlinearity == 'leaky_relu':
        return math.sqrt(2.0 / (1 + (0.01 if param is None else param) ** 2))
    if nonlinearity == 'selu':
        return 3.0 / 4
    return 1


def _calculate_fan_in_and_fan_out(tensor):
    if tensor.dim() < 2:
        raise ValueError('Fan in and fan out can not be computed for tensor with fewer than 2 dimensions')
    field = 1
    for size in tensor.shape[2:]:
        field *= size
    return tensor.size(1) * field, tensor.size(0) * field


def _calculate_correct_fan(tensor, mode):
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    return fan_in if mode.lower() == 'fan_in' else fan_out


def _unchanged(tensor, *args, **kwargs):
    return tensor


uniform_ = _unchanged
normal_ = _unchanged
trunc_normal_ = _unchanged
constant_ = _unchanged
ones_ = _unchanged
zeros_ = _unchanged
eye_ = _unchanged
dirac_ = _unchanged
xavier_uniform_ = _unchanged
xavier_normal_ = _unchanged
kaiming_uniform_ = _unchanged
kaiming_normal_ = _unchanged
orthogonal_ = _unchanged
sparse_ = _unchanged
_no_grad_uniform_ = _unchanged
_no_grad_normal_ = _unchanged
_no_grad_trunc_normal_ = _unchanged
_no_grad_fill_ = _unchanged
_no_grad_zero_ = _unchanged
uniform = _unchanged
normal = _unchanged
constant = _unchanged
eye = _unchanged
dirac = _unchanged
xavier_uniform = _unchanged
xavier_normal = _unchanged
kaiming_uniform = _unchanged
kaiming_normal = _unchanged
orthogonal = _unchanged
sparse = _unchanged
