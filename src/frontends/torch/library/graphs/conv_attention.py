# Convolutions that weigh each edge by attention.
import math

import torch
import torch.nn.functional as F
from torch.nn.parameter import Parameter
from torch_geometric.nn.conv.message_passing import MessagePassing
from torch_geometric.nn.dense.linear import Linear
from torch_geometric.utils import add_remaining_self_loops, softmax


class _Attending(MessagePassing):
    def _looped(self, edge_index, edge_attr, count):
        if not self.add_self_loops:
            return edge_index, edge_attr
        if not isinstance(edge_index, torch.Tensor):
            return edge_index.with_loops(), edge_attr
        return add_remaining_self_loops(edge_index, edge_attr, self.fill_value, count)

    def _rest(self, in_channels, edge_dim, bias, residual):
        width = self.heads * self.out_channels
        total = width if self.concat else self.out_channels
        self.lin_edge = None if edge_dim is None else Linear(edge_dim, width, bias=False)
        if residual:
            self.res = Linear(in_channels if isinstance(in_channels, int) else in_channels[1], total, bias=False)
        else:
            self.register_parameter('res', None)
        self.register_parameter('bias', Parameter(torch.empty(total)) if bias else None)

    def _finish(self, out, res, edge_index, alpha, with_weights):
        out = out.view(-1, self.heads * self.out_channels) if self.concat else out.mean(dim=1)
        if res is not None:
            out = out + res
        if self.bias is not None:
            out = out + self.bias
        return (out, (edge_index, alpha)) if with_weights else out

    def _edges(self, edge_attr):
        if edge_attr.dim() == 1:
            edge_attr = edge_attr.view(-1, 1)
        return self.lin_edge(edge_attr).view(-1, self.heads, self.out_channels)


class GATConv(_Attending):
    def __init__(self, in_channels, out_channels, heads=1, concat=True, negative_slope=0.2, dropout=0.0,
                 add_self_loops=True, edge_dim=None, fill_value='mean', bias=True, residual=False, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(node_dim=0, **kwargs)
        self.in_channels, self.out_channels, self.heads, self.concat = in_channels, out_channels, heads, concat
        self.negative_slope, self.dropout, self.edge_dim = negative_slope, dropout, edge_dim
        self.add_self_loops, self.fill_value = add_self_loops, fill_value
        self.lin = self.lin_src = self.lin_dst = None
        if isinstance(in_channels, int):
            self.lin = Linear(in_channels, heads * out_channels, bias=False)
        else:
            self.lin_src = Linear(in_channels[0], heads * out_channels, False)
            self.lin_dst = Linear(in_channels[1], heads * out_channels, False)
        self.att_src = Parameter(torch.empty(1, heads, out_channels))
        self.att_dst = Parameter(torch.empty(1, heads, out_channels))
        self.register_parameter('att_edge', None if edge_dim is None else Parameter(torch.empty(1, heads, out_channels)))
        self._rest(in_channels, edge_dim, bias, residual)

    def _project(self, lin, x):
        return None if x is None else lin(x).view(-1, self.heads, self.out_channels)

    def forward(self, x, edge_index, edge_attr=None, size=None, return_attention_weights=None):
        source, target = (x, x) if isinstance(x, torch.Tensor) else x
        if source.dim() != 2:
            raise AssertionError("Static graphs not supported in 'GATConv'")
        res = None if self.res is None or target is None else self.res(target)
        if self.lin is not None and source is target:
            x_src = x_dst = self._project(self.lin, source)
        else:
            x_src = self._project(self.lin if self.lin is not None else self.lin_src, source)
            x_dst = self._project(self.lin if self.lin is not None else self.lin_dst, target)
        alpha = ((x_src * self.att_src).sum(dim=-1), None if x_dst is None else (x_dst * self.att_dst).sum(-1))
        count = x_src.size(0) if x_dst is None else min(x_src.size(0), x_dst.size(0))
        edge_index, edge_attr = self._looped(edge_index, edge_attr, count if size is None else min(size))
        alpha = self.edge_updater(edge_index, alpha=alpha, edge_attr=edge_attr, size=size)
        out = self.propagate(edge_index, x=(x_src, x_dst), alpha=alpha, size=size)
        return self._finish(out, res, edge_index, alpha, return_attention_weights)

    def edge_update(self, alpha_j, alpha_i, edge_attr, index, ptr, dim_size):
        alpha = alpha_j if alpha_i is None else alpha_j + alpha_i
        if edge_attr is not None and self.lin_edge is not None:
            alpha = alpha + (self._edges(edge_attr) * self.att_edge).sum(dim=-1)
        alpha = softmax(F.leaky_relu(alpha, self.negative_slope), index, ptr, dim_size)
        return F.dropout(alpha, p=self.dropout, training=self.training)

    def message(self, x_j, alpha):
        return alpha.unsqueeze(-1) * x_j


class GATv2Conv(_Attending):
    def __init__(self, in_channels, out_channels, heads=1, concat=True, negative_slope=0.2, dropout=0.0,
                 add_self_loops=True, edge_dim=None, fill_value='mean', bias=True, share_weights=False, residual=False, **kwargs):
        super().__init__(node_dim=0, **kwargs)
        self.in_channels, self.out_channels, self.heads, self.concat = in_channels, out_channels, heads, concat
        self.negative_slope, self.dropout, self.edge_dim = negative_slope, dropout, edge_dim
        self.add_self_loops, self.fill_value, self.share_weights = add_self_loops, fill_value, share_weights
        source, target = (in_channels, in_channels) if isinstance(in_channels, int) else in_channels
        self.lin_l = Linear(source, heads * out_channels, bias=bias)
        self.lin_r = self.lin_l if share_weights else Linear(target, heads * out_channels, bias=bias)
        self.att = Parameter(torch.empty(1, heads, out_channels))
        self._rest(in_channels, edge_dim, bias, residual)

    def forward(self, x, edge_index, edge_attr=None, return_attention_weights=None):
        source, target = (x, x) if isinstance(x, torch.Tensor) else x
        res = None if self.res is None or target is None else self.res(target)
        x_l = self.lin_l(source).view(-1, self.heads, self.out_channels)
        x_r = x_l if self.share_weights and source is target else self.lin_r(target).view(-1, self.heads, self.out_channels)
        edge_index, edge_attr = self._looped(edge_index, edge_attr, min(x_l.size(0), x_r.size(0)))
        alpha = self.edge_updater(edge_index, x=(x_l, x_r), edge_attr=edge_attr)
        out = self.propagate(edge_index, x=(x_l, x_r), alpha=alpha)
        return self._finish(out, res, edge_index, alpha, return_attention_weights)

    def edge_update(self, x_j, x_i, edge_attr, index, ptr, dim_size):
        x = x_i + x_j
        if edge_attr is not None:
            x = x + self._edges(edge_attr)
        x = F.leaky_relu(x, self.negative_slope)
        alpha = softmax((x * self.att).sum(dim=-1), index, ptr, dim_size)
        return F.dropout(alpha, p=self.dropout, training=self.training)

    def message(self, x_j, alpha):
        return x_j * alpha.unsqueeze(-1)


class TransformerConv(MessagePassing):
    def __init__(self, in_channels, out_channels, heads=1, concat=True, beta=False, dropout=0.0, edge_dim=None, bias=True, root_weight=True, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(node_dim=0, **kwargs)
        self.in_channels, self.out_channels, self.heads, self.concat = in_channels, out_channels, heads, concat
        self.beta, self.root_weight, self.dropout, self.edge_dim = beta and root_weight, root_weight, dropout, edge_dim
        source, target = (in_channels, in_channels) if isinstance(in_channels, int) else in_channels
        width = heads * out_channels
        self.lin_key = Linear(source, width, bias=bias)
        self.lin_query = Linear(target, width, bias=bias)
        self.lin_value = Linear(source, width, bias=bias)
        self.lin_edge = None if edge_dim is None else Linear(edge_dim, width, bias=False)
        total = width if concat else out_channels
        self.lin_skip = Linear(target, total, bias=bias)
        self.lin_beta = Linear(3 * total, 1, bias=False) if self.beta else None
        self._alpha = None

    def _heads(self, x):
        return x.view(-1, self.heads, self.out_channels)

    def forward(self, x, edge_index, edge_attr=None, return_attention_weights=None):
        source, target = (x, x) if isinstance(x, torch.Tensor) else x
        query = self._heads(self.lin_query(target))
        key = self._heads(self.lin_key(source))
        value = self._heads(self.lin_value(source))
        out = self.propagate(edge_index, query=query, key=key, value=value, edge_attr=edge_attr)
        alpha, self._alpha = self._alpha, None
        out = out.view(-1, self.heads * self.out_channels) if self.concat else out.mean(dim=1)
        if self.root_weight:
            skipped = self.lin_skip(target)
            if self.lin_beta is None:
                out = out + skipped
            else:
                beta = self.lin_beta(torch.cat([out, skipped, out - skipped], dim=-1)).sigmoid()
                out = beta * skipped + (1 - beta) * out
        return (out, (edge_index, alpha)) if isinstance(return_attention_weights, bool) else out

    def message(self, query_i, key_j, value_j, edge_attr, index, ptr, size_i):
        if self.lin_edge is not None:
            edge_attr = self._heads(self.lin_edge(edge_attr))
            key_j = key_j + edge_attr
        alpha = (query_i * key_j).sum(dim=-1) / math.sqrt(self.out_channels)
        self._alpha = alpha = softmax(alpha, index, ptr, size_i)
        alpha = F.dropout(alpha, p=self.dropout, training=self.training)
        out = value_j if edge_attr is None else value_j + edge_attr
        return out * alpha.view(-1, self.heads, 1)
