# einops as layers.
import torch
from torch import nn
from einops import _ELLIPSIS, _GROUPED, _letters, _names, _parse, _sides, rearrange, reduce


class Rearrange(nn.Module):
    def __init__(self, pattern, **axes_lengths):
        super().__init__()
        self.pattern = pattern
        self.axes_lengths = axes_lengths

    def forward(self, input):
        return rearrange(input, self.pattern, **self.axes_lengths)


class Reduce(nn.Module):
    def __init__(self, pattern, reduction, **axes_lengths):
        super().__init__()
        self.pattern = pattern
        self.reduction = reduction
        self.axes_lengths = axes_lengths

    def forward(self, input):
        return reduce(input, self.pattern, self.reduction, **self.axes_lengths)


def _flat(groups):
    return ' '.join('...' if name in (_ELLIPSIS, _GROUPED) else name for name in _names(groups))


class EinMix(nn.Module):
    def __init__(self, pattern, weight_shape, bias_shape=None, **axes_lengths):
        super().__init__()
        left, right = _sides(pattern)
        weight = weight_shape.split()
        self.before = None if all(len(group) == 1 for group in left) else f'{pattern.split("->")[0]} -> {_flat(left)}'
        self.after = None if all(len(group) == 1 for group in right) else f'{_flat(right)} -> {pattern.split("->")[1]}'
        self.lengths = axes_lengths
        self.einsum = _letters(f'{_flat(left)}, {" ".join(weight)} -> {_flat(right)}')
        self.inner = {name: size for name, size in axes_lengths.items() if name in _names(left)}
        self.outer = {name: size for name, size in axes_lengths.items() if name in _names(right)}
        self.weight = nn.Parameter(torch.zeros([axes_lengths[name] for name in weight]))
        if bias_shape is None:
            self.register_parameter('bias', None)
        else:
            named = bias_shape.split()
            axes = [name for name in _names(right) if name not in (_ELLIPSIS, _GROUPED)]
            self.bias = nn.Parameter(torch.zeros([axes_lengths[name] if name in named else 1 for name in axes]))

    def forward(self, input):
        if self.before is not None:
            input = rearrange(input, self.before, **self.inner)
        result = torch.einsum(self.einsum, input, self.weight)
        if self.bias is not None:
            result = result + self.bias
        if self.after is not None:
            result = rearrange(result, self.after, **self.outer)
        return result
