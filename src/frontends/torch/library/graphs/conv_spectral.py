# Convolutions that average over neighbours with weights from the degrees.
import math

import torch
from torch.nn.parameter import Parameter
from torch_geometric.nn.conv.message_passing import MessagePassing
from torch_geometric.nn.dense.linear import Linear
from torch_geometric.utils import gcn_norm, get_laplacian, spmm


def _bias(module, bias, size):
    module.register_parameter('bias', Parameter(torch.empty(size)) if bias else None)


class _Weighted(MessagePassing):
    def message(self, x_j, edge_weight):
        return x_j if edge_weight is None else edge_weight.view(-1, 1) * x_j

    def message_and_aggregate(self, adj_t, x):
        return spmm(adj_t, x, reduce=self.aggr)


class _Normalised(_Weighted):
    """Norms of the edges, kept where the layer may keep them."""

    _kept = None

    def _normalise(self, x, edge_index, edge_weight, loops, improved=False):
        if self._kept is not None:
            return self._kept
        found = gcn_norm(edge_index, edge_weight, x.size(self.node_dim), improved, loops, self.flow, x.dtype)
        if not isinstance(edge_index, torch.Tensor):
            found = (found, edge_weight)
        if self.cached:
            self._kept = found
        return found


class GCNConv(_Normalised):
    def __init__(self, in_channels, out_channels, improved=False, cached=False, add_self_loops=None, normalize=True, bias=True, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        self.in_channels, self.out_channels = in_channels, out_channels
        self.improved, self.cached, self.normalize = improved, cached, normalize
        self.add_self_loops = normalize if add_self_loops is None else add_self_loops
        if self.add_self_loops and not normalize:
            raise ValueError(f"'{type(self).__name__}' does not support adding self-loops to the graph when no on-the-fly normalization is applied")
        self.lin = Linear(in_channels, out_channels, bias=False)
        _bias(self, bias, out_channels)

    def forward(self, x, edge_index, edge_weight=None):
        if isinstance(x, (tuple, list)):
            raise ValueError(f"'{type(self).__name__}' received a tuple of node features as input while this layer does not support bipartite message passing.")
        if self.normalize:
            edge_index, edge_weight = self._normalise(x, edge_index, edge_weight, self.add_self_loops, self.improved)
        out = self.propagate(edge_index, x=self.lin(x), edge_weight=edge_weight)
        return out if self.bias is None else out + self.bias


class ChebConv(MessagePassing):
    def __init__(self, in_channels, out_channels, K, normalization='sym', bias=True, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        assert K > 0
        assert normalization in (None, 'sym', 'rw'), 'Invalid normalization'
        self.in_channels, self.out_channels, self.normalization = in_channels, out_channels, normalization
        self.lins = torch.nn.ModuleList([Linear(in_channels, out_channels, bias=False) for _ in range(K)])
        _bias(self, bias, out_channels)

    def _norms(self, edge_index, count, edge_weight, lambda_max, dtype, batch):
        edge_index, edge_weight = get_laplacian(edge_index, edge_weight, self.normalization, dtype, count)
        if lambda_max is None:
            lambda_max = 2.0 * edge_weight.max()
        elif not isinstance(lambda_max, torch.Tensor):
            lambda_max = torch.tensor(lambda_max, dtype=dtype)
        if batch is not None and lambda_max.numel() > 1:
            lambda_max = lambda_max[batch[edge_index[0]]]
        edge_weight = (2.0 * edge_weight) / lambda_max
        edge_weight.masked_fill_(edge_weight == float('inf'), 0)
        loops = edge_index[0] == edge_index[1]
        return edge_index, torch.where(loops, edge_weight - 1, edge_weight)

    def forward(self, x, edge_index, edge_weight=None, batch=None, lambda_max=None):
        edge_index, norm = self._norms(edge_index, x.size(self.node_dim), edge_weight, lambda_max, x.dtype, batch)
        before = now = x
        out = self.lins[0](before)
        if len(self.lins) > 1:
            now = self.propagate(edge_index, x=x, norm=norm)
            out = out + self.lins[1](now)
        for lin in self.lins[2:]:
            then = 2.0 * self.propagate(edge_index, x=now, norm=norm) - before
            out = out + lin(then)
            before, now = now, then
        return out if self.bias is None else out + self.bias

    def message(self, x_j, norm):
        return norm.view(-1, 1) * x_j


class SGConv(_Normalised):
    def __init__(self, in_channels, out_channels, K=1, cached=False, add_self_loops=True, bias=True, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        self.in_channels, self.out_channels, self.K = in_channels, out_channels, K
        self.cached, self.add_self_loops = cached, add_self_loops
        self._cached_x = None
        self.lin = Linear(in_channels, out_channels, bias=bias)

    def forward(self, x, edge_index, edge_weight=None):
        if self._cached_x is not None:
            return self.lin(self._cached_x)
        edge_index, edge_weight = self._normalise(x, edge_index, edge_weight, self.add_self_loops)
        for _ in range(self.K):
            x = self.propagate(edge_index, x=x, edge_weight=edge_weight)
        if self.cached:
            self._cached_x = x
        return self.lin(x)


class SSGConv(SGConv):
    def __init__(self, in_channels, out_channels, alpha, K=1, cached=False, add_self_loops=True, bias=True, **kwargs):
        super().__init__(in_channels, out_channels, K, cached, add_self_loops, bias, **kwargs)
        self.alpha = alpha

    def forward(self, x, edge_index, edge_weight=None):
        if self._cached_x is not None:
            return self.lin(self._cached_x)
        edge_index, edge_weight = self._normalise(x, edge_index, edge_weight, self.add_self_loops)
        h = x * self.alpha
        for _ in range(self.K):
            x = self.propagate(edge_index, x=x, edge_weight=edge_weight)
            h = h + (1 - self.alpha) / self.K * x
        if self.cached:
            self._cached_x = h
        return self.lin(h)


class APPNP(_Normalised):
    def __init__(self, K, alpha, dropout=0.0, cached=False, add_self_loops=True, normalize=True, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        self.K, self.alpha, self.dropout = K, alpha, dropout
        self.cached, self.add_self_loops, self.normalize = cached, add_self_loops, normalize

    def forward(self, x, edge_index, edge_weight=None):
        if self.normalize:
            edge_index, edge_weight = self._normalise(x, edge_index, edge_weight, self.add_self_loops)
        first = x
        for _ in range(self.K):
            x = self.propagate(edge_index, x=x, edge_weight=edge_weight) * (1 - self.alpha)
            x = x + self.alpha * first
        return x


class TAGConv(_Normalised):
    cached = False

    def __init__(self, in_channels, out_channels, K=3, bias=True, normalize=True, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        self.in_channels, self.out_channels, self.K, self.normalize = in_channels, out_channels, K, normalize
        self.lins = torch.nn.ModuleList([Linear(in_channels, out_channels, bias=False) for _ in range(K + 1)])
        _bias(self, bias, out_channels)

    def forward(self, x, edge_index, edge_weight=None):
        if self.normalize:
            edge_index, edge_weight = self._normalise(x, edge_index, edge_weight, False)
        out = self.lins[0](x)
        for lin in self.lins[1:]:
            x = self.propagate(edge_index, x=x, edge_weight=edge_weight)
            out = out + lin(x)
        return out if self.bias is None else out + self.bias


class LGConv(_Normalised):
    cached = False

    def __init__(self, normalize=True, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        self.normalize = normalize

    def forward(self, x, edge_index, edge_weight=None):
        if self.normalize:
            edge_index, edge_weight = self._normalise(x, edge_index, edge_weight, False)
        return self.propagate(edge_index, x=x, edge_weight=edge_weight)


class GCN2Conv(_Normalised):
    def __init__(self, channels, alpha, theta=None, layer=None, shared_weights=True, cached=False, add_self_loops=True, normalize=True, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        self.channels, self.alpha = channels, alpha
        self.beta = 1.0 if theta is None else math.log(theta / layer + 1)
        self.cached, self.add_self_loops, self.normalize = cached, add_self_loops, normalize
        self.weight1 = Parameter(torch.empty(channels, channels))
        self.register_parameter('weight2', None if shared_weights else Parameter(torch.empty(channels, channels)))

    def forward(self, x, x_0, edge_index, edge_weight=None):
        if self.normalize:
            edge_index, edge_weight = self._normalise(x, edge_index, edge_weight, self.add_self_loops)
        x = self.propagate(edge_index, x=x, edge_weight=edge_weight)
        x.mul_(1 - self.alpha)
        x_0 = self.alpha * x_0[:x.size(0)]
        if self.weight2 is None:
            out = x.add_(x_0)
            return torch.addmm(out, out, self.weight1, beta=1.0 - self.beta, alpha=self.beta)
        out = torch.addmm(x, x, self.weight1, beta=1.0 - self.beta, alpha=self.beta)
        return out + torch.addmm(x_0, x_0, self.weight2, beta=1.0 - self.beta, alpha=self.beta)


class GraphConv(_Weighted):
    def __init__(self, in_channels, out_channels, aggr='add', bias=True, **kwargs):
        super().__init__(aggr=aggr, **kwargs)
        self.in_channels, self.out_channels = in_channels, out_channels
        source, target = in_channels if isinstance(in_channels, (tuple, list)) else (in_channels, in_channels)
        self.lin_rel = Linear(source, out_channels, bias=bias)
        self.lin_root = Linear(target, out_channels, bias=False)

    def forward(self, x, edge_index, edge_weight=None, size=None):
        if isinstance(x, torch.Tensor):
            x = (x, x)
        out = self.lin_rel(self.propagate(edge_index, x=x, edge_weight=edge_weight, size=size))
        return out if x[1] is None else out + self.lin_root(x[1])

    def message_and_aggregate(self, edge_index, x):
        return spmm(edge_index, x[0], reduce=self.aggr)
