# Ways to put the messages that arrive at a node, or the nodes of a graph, together.
import math

import torch
from torch.nn.modules.module import Module
from torch.nn.parameter import Parameter
from torch_geometric.utils import scatter, softmax


class Aggregation(Module):
    def reset_parameters(self):
        pass

    def __call__(self, x, index=None, ptr=None, dim_size=None, dim=-2, **kwargs):
        if index is None and ptr is None:
            index = x.new_zeros(x.size(dim), dtype=torch.int64)
            dim_size = 1 if dim_size is None else dim_size
        if dim_size is None:
            dim_size = ptr.numel() - 1 if ptr is not None else torch._group_count(index)
        return super().__call__(x, index=index, ptr=ptr, dim_size=dim_size, dim=dim, **kwargs)

    def reduce(self, x, index=None, ptr=None, dim_size=None, dim=-2, reduce='sum'):
        if index is None:
            index = torch.empty(x.size(dim), dtype=torch.int64)
        return scatter(x, index, dim, dim_size, reduce)

    def assert_index_present(self, index):
        if index is None:
            raise NotImplementedError("Aggregation requires 'index' to be specified")

    def assert_sorted_index(self, index):
        pass

    def assert_two_dimensional_input(self, x, dim):
        if x.dim() != 2:
            raise ValueError('Aggregation requires two-dimensional inputs')


class _Reducing(Aggregation):
    how = 'sum'

    def forward(self, x, index=None, ptr=None, dim_size=None, dim=-2):
        return self.reduce(x, index, ptr, dim_size, dim, self.how)


class SumAggregation(_Reducing):
    pass


class MeanAggregation(_Reducing):
    how = 'mean'


class MaxAggregation(_Reducing):
    how = 'max'


class MinAggregation(_Reducing):
    how = 'min'


class MulAggregation(_Reducing):
    how = 'mul'


class VarAggregation(Aggregation):
    def __init__(self, semi_grad=False):
        super().__init__()
        self.semi_grad = semi_grad

    def forward(self, x, index=None, ptr=None, dim_size=None, dim=-2):
        mean = self.reduce(x, index, ptr, dim_size, dim, 'mean')
        squares = self.reduce(x * x, index, ptr, dim_size, dim, 'mean')
        return squares - mean * mean


class StdAggregation(Aggregation):
    def __init__(self, semi_grad=False):
        super().__init__()
        self.var_aggr = VarAggregation(semi_grad)

    def forward(self, x, index=None, ptr=None, dim_size=None, dim=-2):
        out = self.var_aggr(x, index, ptr, dim_size, dim).clamp(min=1e-5).sqrt()
        return out.masked_fill(out <= math.sqrt(1e-5), 0.0)


class SoftmaxAggregation(Aggregation):
    def __init__(self, t=1.0, learn=False, semi_grad=False, channels=1):
        super().__init__()
        self.learn = learn
        self.channels = channels
        self.t = Parameter(torch.empty(channels)) if learn else t

    def forward(self, x, index=None, ptr=None, dim_size=None, dim=-2):
        t = self.t.view(-1, self.channels) if self.channels != 1 else self.t
        alpha = x if isinstance(t, (int, float)) and t == 1 else x * t
        alpha = softmax(alpha, index, ptr, dim_size, dim)
        return self.reduce(x * alpha, index, ptr, dim_size, dim, 'sum')


class PowerMeanAggregation(Aggregation):
    def __init__(self, p=1.0, learn=False, channels=1, clamp_min=1e-4, clamp_max=100.0):
        super().__init__()
        self.channels = channels
        self.p = Parameter(torch.empty(channels)) if learn else p
        self.least, self.most = clamp_min, clamp_max

    def forward(self, x, index=None, ptr=None, dim_size=None, dim=-2):
        p = self.p.view(-1, self.channels) if self.channels != 1 else self.p
        plain = isinstance(p, (int, float)) and p == 1
        if not plain:
            x = x.clamp(min=self.least, max=self.most).pow(p)
        out = self.reduce(x, index, ptr, dim_size, dim, 'mean')
        return out if plain else out.clamp(min=self.least, max=self.most).pow(1.0 / p)


class AttentionalAggregation(Aggregation):
    def __init__(self, gate_nn, nn=None):
        super().__init__()
        self.gate_nn = gate_nn
        self.nn = nn

    def forward(self, x, index=None, ptr=None, dim_size=None, dim=-2):
        gate = self.gate_nn(x)
        if self.nn is not None:
            x = self.nn(x)
        gate = softmax(gate, index, ptr, dim_size, dim)
        return self.reduce(gate * x, index, ptr, dim_size, dim)


class Set2Set(Aggregation):
    def __init__(self, in_channels, processing_steps, **kwargs):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = 2 * in_channels
        self.processing_steps = processing_steps
        self.lstm = torch.nn.LSTM(self.out_channels, in_channels, **kwargs)

    def forward(self, x, index=None, ptr=None, dim_size=None, dim=-2):
        state = (
            x.new_zeros((self.lstm.num_layers, dim_size, x.size(-1))),
            x.new_zeros((self.lstm.num_layers, dim_size, x.size(-1))),
        )
        q_star = x.new_zeros(dim_size, self.out_channels)
        for _ in range(self.processing_steps):
            q, state = self.lstm(q_star.unsqueeze(0), state)
            q = q.view(dim_size, self.in_channels)
            score = (x * q[index]).sum(dim=-1, keepdim=True)
            alpha = softmax(score, index, ptr, dim_size, dim)
            found = self.reduce(alpha * x, index, ptr, dim_size, dim, 'sum')
            q_star = torch.cat([q, found], dim=-1)
        return q_star


class MultiAggregation(Aggregation):
    def __init__(self, aggrs, aggrs_kwargs=None, mode='cat', mode_kwargs=None):
        super().__init__()
        kwargs = aggrs_kwargs or [{}] * len(aggrs)
        self.aggrs = torch.nn.ModuleList([aggregation_of(aggr, **given) for aggr, given in zip(aggrs, kwargs)])
        self.mode = mode
        if mode not in ('cat', 'sum', 'mean', 'max', 'min'):
            raise NotImplementedError('combining by ' + mode)

    def get_out_channels(self, in_channels):
        return in_channels * len(self.aggrs) if self.mode == 'cat' else in_channels

    def forward(self, x, index=None, ptr=None, dim_size=None, dim=-2):
        outs = [aggr(x, index, ptr, dim_size, dim) for aggr in self.aggrs]
        if len(outs) == 1:
            return outs[0]
        if self.mode == 'cat':
            return torch.cat(outs, dim=-1)
        out = torch.stack(outs, dim=0)
        if self.mode in ('max', 'min'):
            return getattr(out, self.mode)(dim=0)[0]
        return getattr(out, self.mode)(dim=0)


_NAMED = {
    'add': SumAggregation, 'sum': SumAggregation, 'mean': MeanAggregation, 'max': MaxAggregation, 'min': MinAggregation,
    'mul': MulAggregation, 'var': VarAggregation, 'std': StdAggregation, 'softmax': SoftmaxAggregation,
    'powermean': PowerMeanAggregation, 'multi': MultiAggregation,
}


def aggregation_of(aggr, **kwargs):
    if aggr is None or isinstance(aggr, Module):
        return aggr
    if isinstance(aggr, (tuple, list)):
        return MultiAggregation(aggr, **kwargs)
    if not isinstance(aggr, str):
        return aggr(**kwargs)
    name = aggr.lower().replace('aggregation', '').replace('_', '')
    if name not in _NAMED:
        raise NotImplementedError('the aggregation ' + aggr)
    return _NAMED[name](**kwargs)


aggregation_resolver = aggregation_of


def global_add_pool(x, batch, size=None):
    dim = -1 if x.dim() == 1 else -2
    return x.sum(dim=dim, keepdim=x.dim() <= 2) if batch is None else scatter(x, batch, dim, size, 'sum')


def global_mean_pool(x, batch, size=None):
    dim = -1 if x.dim() == 1 else -2
    return x.mean(dim=dim, keepdim=x.dim() <= 2) if batch is None else scatter(x, batch, dim, size, 'mean')


def global_max_pool(x, batch, size=None):
    dim = -1 if x.dim() == 1 else -2
    return x.max(dim=dim, keepdim=x.dim() <= 2)[0] if batch is None else scatter(x, batch, dim, size, 'max')


class GlobalAttention(AttentionalAggregation):
    pass
