# Layers beside the convolutions: linear maps, norms, jumping knowledge, chains, perceptrons.
import torch
import torch.nn.functional as F
from _native import parameters_of
from torch.nn.modules.lazy import LazyModuleMixin
from torch.nn.modules.module import Module
from torch.nn.parameter import Parameter
from torch_geometric.utils import degree, scatter


class Linear(LazyModuleMixin, Module):
    def __init__(self, in_channels, out_channels, bias=True, weight_initializer=None, bias_initializer=None):
        super().__init__()
        self.in_channels = in_channels
        self.out_channels = out_channels
        self._pending = False
        if in_channels > 0:
            self.weight = Parameter(torch.empty(out_channels, in_channels))
            if bias:
                self.bias = Parameter(torch.empty(out_channels))
            else:
                self.register_parameter('bias', None)
        else:
            self.bias = None
            self._lazy(bias)

    def initialize_parameters(self, x):
        self.in_channels = x.size(-1)
        self._materialise((self.out_channels, self.in_channels), self.out_channels)

    def reset_parameters(self):
        pass

    def forward(self, x):
        return F.linear(x, self.weight, self.bias)


class BatchNorm(Module):
    def __init__(self, in_channels, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True, allow_single_element=False, device=None):
        super().__init__()
        self.module = torch.nn.BatchNorm1d(in_channels, eps, momentum, affine, track_running_stats)
        self.in_channels = in_channels

    def reset_parameters(self):
        pass

    def forward(self, x):
        return self.module(x)


class LayerNorm(Module):
    def __init__(self, in_channels, eps=1e-5, affine=True, mode='graph', device=None):
        super().__init__()
        self.in_channels, self.eps, self.mode = in_channels, eps, mode
        if affine:
            self.weight = Parameter(torch.empty(in_channels))
            self.bias = Parameter(torch.empty(in_channels))
        else:
            self.register_parameter('weight', None)
            self.register_parameter('bias', None)

    def reset_parameters(self):
        pass

    def forward(self, x, batch=None, batch_size=None):
        if self.mode == 'node':
            return F.layer_norm(x, (self.in_channels,), self.weight, self.bias, self.eps)
        if batch is None:
            x = x - x.mean()
            out = x / (x.std(unbiased=False) + self.eps)
        else:
            if batch_size is None:
                batch_size = torch._group_count(batch)
            count = degree(batch, batch_size, dtype=x.dtype).clamp_(min=1).mul_(x.size(-1)).view(-1, 1)
            mean = scatter(x, batch, 0, batch_size, 'sum').sum(dim=-1, keepdim=True) / count
            x = x - mean.index_select(0, batch)
            var = scatter(x * x, batch, 0, batch_size, 'sum').sum(dim=-1, keepdim=True) / count
            out = x / (var + self.eps).sqrt().index_select(0, batch)
        return out if self.weight is None else out * self.weight + self.bias


class GraphNorm(Module):
    def __init__(self, in_channels, eps=1e-5, device=None):
        super().__init__()
        self.in_channels, self.eps = in_channels, eps
        self.weight = Parameter(torch.empty(in_channels))
        self.bias = Parameter(torch.empty(in_channels))
        self.mean_scale = Parameter(torch.empty(in_channels))

    def reset_parameters(self):
        pass

    def forward(self, x, batch=None, batch_size=None):
        if batch is None:
            batch = x.new_zeros(x.size(0), dtype=torch.int64)
            batch_size = 1
        if batch_size is None:
            batch_size = torch._group_count(batch)
        mean = scatter(x, batch, 0, batch_size, 'mean')
        out = x - mean.index_select(0, batch) * self.mean_scale
        var = scatter(out.pow(2), batch, 0, batch_size, 'mean')
        std = (var + self.eps).sqrt().index_select(0, batch)
        return self.weight * out / std + self.bias


class InstanceNorm(Module):
    def __init__(self, in_channels, eps=1e-5, momentum=0.1, affine=False, track_running_stats=False, device=None):
        super().__init__()
        self.in_channels, self.eps, self.track_running_stats = in_channels, eps, track_running_stats
        for name in ('weight', 'bias'):
            self.register_parameter(name, Parameter(torch.empty(in_channels)) if affine else None)
        self.register_buffer('running_mean', torch.zeros(in_channels) if track_running_stats else None)
        self.register_buffer('running_var', torch.ones(in_channels) if track_running_stats else None)
        self.register_buffer('num_batches_tracked', torch.tensor(0) if track_running_stats else None)

    def reset_parameters(self):
        pass

    def forward(self, x, batch=None, batch_size=None):
        if batch is None:
            out = F.instance_norm(x.t().unsqueeze(0), self.running_mean, self.running_var, self.weight, self.bias, not self.track_running_stats, 0.1, self.eps)
            return out.squeeze(0).t()
        if batch_size is None:
            batch_size = torch._group_count(batch)
        count = degree(batch, batch_size, dtype=x.dtype).clamp_(min=1).view(-1, 1)
        mean = scatter(x, batch, 0, batch_size, 'sum') / count
        out = x - mean.index_select(0, batch)
        var = scatter(out * out, batch, 0, batch_size, 'sum') / count
        out = out / (var + self.eps).sqrt().index_select(0, batch)
        return out if self.weight is None else out * self.weight.view(1, -1) + self.bias.view(1, -1)


class PairNorm(Module):
    def __init__(self, scale=1.0, scale_individually=False, eps=1e-5):
        super().__init__()
        self.scale, self.scale_individually, self.eps = scale, scale_individually, eps

    def forward(self, x, batch=None, batch_size=None):
        if batch is None:
            x = x - x.mean(dim=0, keepdim=True)
        else:
            x = x - scatter(x, batch, 0, batch_size, 'mean').index_select(0, batch)
        if self.scale_individually:
            return self.scale * x / (self.eps + x.norm(2, -1, keepdim=True))
        if batch is None:
            return self.scale * x / (self.eps + x.pow(2).sum(-1).mean()).sqrt()
        squares = scatter(x.pow(2).sum(-1, keepdim=True), batch, 0, batch_size, 'mean')
        return self.scale * x / torch.sqrt(self.eps + squares.index_select(0, batch))


class GraphSizeNorm(Module):
    def forward(self, x, batch=None, batch_size=None):
        if batch is None:
            batch = torch.zeros(x.size(0), dtype=torch.int64)
            batch_size = 1
        inverse = degree(batch, batch_size, dtype=x.dtype).pow(-0.5)
        return x * inverse.index_select(0, batch).view(-1, 1)


class MessageNorm(Module):
    def __init__(self, learn_scale=False, device=None):
        super().__init__()
        self.scale = Parameter(torch.empty(1), requires_grad=learn_scale)

    def reset_parameters(self):
        pass

    def forward(self, x, msg, p=2.0):
        return F.normalize(msg, p=p, dim=-1) * x.norm(p=p, dim=-1, keepdim=True) * self.scale


class JumpingKnowledge(Module):
    def __init__(self, mode, channels=None, num_layers=None):
        super().__init__()
        self.mode = mode.lower()
        self.lstm = self.att = None
        if self.mode == 'lstm':
            width = num_layers * channels // 2
            self.lstm = torch.nn.LSTM(channels, width, bidirectional=True, batch_first=True)
            self.att = torch.nn.Linear(2 * width, 1)

    def reset_parameters(self):
        pass

    def forward(self, xs):
        if self.mode == 'cat':
            return torch.cat(xs, dim=-1)
        if self.mode == 'max':
            return torch.stack(xs, dim=-1).max(dim=-1)[0]
        x = torch.stack(xs, dim=1)
        alpha = torch.softmax(self.att(self.lstm(x)[0]).squeeze(-1), dim=-1)
        return (x * alpha.unsqueeze(-1)).sum(dim=1)


def _names(text):
    return [part.split(':')[0].strip() for part in text.split(',')]


class Sequential(Module):
    def __init__(self, input_args, modules):
        super().__init__()
        self._inputs = _names(input_args.split('->')[0])
        self._steps = []
        if not isinstance(modules, dict):
            modules = {f'module_{index}': module for index, module in enumerate(modules)}
        for name, module in modules.items():
            described = module[1] if isinstance(module, (tuple, list)) and len(module) == 2 else None
            if isinstance(module, (tuple, list)):
                module = module[0]
            if described is None:
                taken = given = self._steps[-1][2]
            else:
                taken, given = [_names(side) for side in described.split('->')]
            setattr(self, name, module)
            self._steps.append((name, taken, given))

    def reset_parameters(self):
        pass

    def __len__(self):
        return len(self._steps)

    def __getitem__(self, index):
        return getattr(self, self._steps[index][0])

    def forward(self, *args, **kwargs):
        values = dict(zip(self._inputs, args))
        values.update(kwargs)
        out = None
        for name, taken, given in self._steps:
            out = getattr(self, name)(*[values[key] for key in taken])
            if len(given) == 1:
                values[given[0]] = out
            else:
                values.update(zip(given, out))
        return out


_ACTIVATIONS = (
    'ReLU', 'ReLU6', 'LeakyReLU', 'PReLU', 'RReLU', 'ELU', 'SELU', 'CELU', 'GELU', 'SiLU', 'Mish', 'Sigmoid', 'LogSigmoid',
    'Tanh', 'Tanhshrink', 'Softplus', 'Softsign', 'Hardtanh', 'Hardsigmoid', 'Hardswish', 'Identity',
)


def activation_resolver(query='relu', *args, **kwargs):
    if query is None or query == 'None':
        return None
    if not isinstance(query, str):
        return query
    wanted = query.lower().replace('_', '')
    if wanted == 'swish':
        wanted = 'silu'
    for name in _ACTIVATIONS:
        if name.lower() == wanted:
            return getattr(torch.nn, name)(*args, **kwargs)
    raise ValueError(f"Could not resolve '{query}'")


_NORMS = {
    'batchnorm': BatchNorm, 'layernorm': LayerNorm, 'graphnorm': GraphNorm, 'instancenorm': InstanceNorm,
}


def normalization_resolver(query, *args, **kwargs):
    if query is None or not isinstance(query, str):
        return query
    name = query.lower().replace('_', '')
    if name in _NORMS:
        return _NORMS[name](*args, **kwargs)
    if name == 'pairnorm':
        return PairNorm(**kwargs)
    if name == 'graphsizenorm':
        return GraphSizeNorm()
    raise ValueError(f"Could not resolve '{query}'")


def takes_batch(module):
    return any(name == 'batch' for name, _, _, _ in parameters_of(module.forward, False))


class MLP(Module):
    def __init__(self, channel_list=None, *, in_channels=None, hidden_channels=None, out_channels=None, num_layers=None,
                 dropout=0.0, act='relu', act_first=False, act_kwargs=None, norm='batch_norm', norm_kwargs=None,
                 plain_last=True, bias=True, **kwargs):
        super().__init__()
        if isinstance(channel_list, int):
            in_channels = channel_list
        if in_channels is not None:
            channel_list = [in_channels] + [hidden_channels] * (num_layers - 1) + [out_channels]
        if kwargs.get('batch_norm') is False:
            norm = None
        self.channel_list = channel_list
        self.act = activation_resolver(act, **(act_kwargs or {}))
        self.act_first = act_first or kwargs.get('relu_first', False)
        self.plain_last = plain_last
        count = len(channel_list) - 1
        self.dropout = list(dropout) if isinstance(dropout, (list, tuple)) else [dropout] * count
        biases = list(bias) if isinstance(bias, (list, tuple)) else [bias] * count
        self.lins = torch.nn.ModuleList([Linear(a, b, bias=c) for a, b, c in zip(channel_list[:-1], channel_list[1:], biases)])
        self.norms = torch.nn.ModuleList()
        for width in channel_list[1:-1] if plain_last else channel_list[1:]:
            self.norms.append(torch.nn.Identity() if norm is None else normalization_resolver(norm, width, **(norm_kwargs or {})))
        self.supports_norm_batch = len(self.norms) > 0 and takes_batch(self.norms[0])

    @property
    def in_channels(self):
        return self.channel_list[0]

    @property
    def out_channels(self):
        return self.channel_list[-1]

    def reset_parameters(self):
        pass

    def forward(self, x, batch=None, batch_size=None, return_emb=None):
        emb = None
        for lin, norm, p in zip(self.lins, self.norms, self.dropout):
            x = lin(x)
            if self.act is not None and self.act_first:
                x = self.act(x)
            x = norm(x, batch, batch_size) if self.supports_norm_batch else norm(x)
            if self.act is not None and not self.act_first:
                x = self.act(x)
            x = emb = F.dropout(x, p=p, training=self.training)
        if self.plain_last:
            x = F.dropout(self.lins[-1](x), p=self.dropout[-1], training=self.training)
        return (x, emb) if isinstance(return_emb, bool) else x
