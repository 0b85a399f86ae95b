# Convolutions and readouts of DGL.
import dgl
import dgl.function as fn
import torch
import torch.nn.functional as F
from dgl.ops import edge_softmax
from torch.nn.modules.module import Module
from torch.nn.parameter import Parameter


def _pair(feat):
    return feat if isinstance(feat, tuple) else (feat, feat)


def _inverse_root(degrees, feat):
    norm = torch.pow(degrees.to(feat).clamp(min=1), -0.5)
    return norm.reshape([norm.size(0)] + [1] * (feat.dim() - 1))


class _Checked(Module):
    def reset_parameters(self):
        pass

    def set_allow_zero_in_degree(self, set_value):
        self._allow_zero_in_degree = set_value


def _message(graph, edge_weight):
    if edge_weight is None:
        return fn.copy_u('h', 'm')
    graph.edata['_edge_weight'] = edge_weight
    return fn.u_mul_e('h', '_edge_weight', 'm')


class EdgeWeightNorm(Module):
    def __init__(self, norm='both', eps=0.0):
        super().__init__()
        self._norm, self._eps = norm, eps

    def forward(self, graph, edge_weight):
        if self._norm == 'none':
            return edge_weight
        count = graph.num_nodes()
        arriving = edge_weight.new_zeros(count).scatter_add_(0, graph.col, edge_weight) + self._eps
        if self._norm == 'right':
            return (1.0 / arriving)[graph.col] * edge_weight
        leaving = edge_weight.new_zeros(count).scatter_add_(0, graph.row, edge_weight) + self._eps
        return torch.pow(leaving, -0.5)[graph.row] * torch.pow(arriving, -0.5)[graph.col] * edge_weight


class GraphConv(_Checked):
    def __init__(self, in_feats, out_feats, norm='both', weight=True, bias=True, activation=None, allow_zero_in_degree=False):
        super().__init__()
        self._in_feats, self._out_feats, self._norm = in_feats, out_feats, norm
        self._allow_zero_in_degree = allow_zero_in_degree
        self.register_parameter('weight', Parameter(torch.empty(in_feats, out_feats)) if weight else None)
        self.register_parameter('bias', Parameter(torch.empty(out_feats)) if bias else None)
        self._activation = activation

    def _scale(self, degrees, feat, inverse):
        norm = 1.0 / degrees.to(feat).clamp(min=1) if inverse else torch.pow(degrees.to(feat).clamp(min=1), -0.5)
        return feat * norm.reshape([norm.size(0)] + [1] * (feat.dim() - 1))

    def forward(self, graph, feat, weight=None, edge_weight=None):
        with graph.local_scope():
            message = _message(graph, edge_weight)
            source, target = _pair(feat)
            if self._norm in ('left', 'both'):
                source = self._scale(graph.out_degrees(), source, self._norm == 'left')
            if weight is None:
                weight = self.weight
            first = self._in_feats > self._out_feats and weight is not None
            graph.srcdata['h'] = torch.matmul(source, weight) if first else source
            graph.update_all(message, fn.sum(msg='m', out='h'))
            out = graph.dstdata['h']
            if weight is not None and not first:
                out = torch.matmul(out, weight)
            if self._norm in ('right', 'both'):
                out = self._scale(graph.in_degrees(), out, self._norm == 'right')
            if self.bias is not None:
                out = out + self.bias
            return out if self._activation is None else self._activation(out)


class SAGEConv(_Checked):
    def __init__(self, in_feats, out_feats, aggregator_type, feat_drop=0.0, bias=True, norm=None, activation=None):
        super().__init__()
        source, target = _pair(in_feats)
        self._in_src_feats, self._out_feats, self._aggre_type = source, out_feats, aggregator_type
        self.norm, self.activation = norm, activation
        self.feat_drop = torch.nn.Dropout(feat_drop)
        if aggregator_type == 'pool':
            self.fc_pool = torch.nn.Linear(source, source)
        if aggregator_type == 'lstm':
            raise NotImplementedError('the LSTM aggregator')
        self.fc_neigh = torch.nn.Linear(source, out_feats, bias=False)
        if aggregator_type != 'gcn':
            self.fc_self = torch.nn.Linear(target, out_feats, bias=bias)
        else:
            self.register_parameter('bias', Parameter(torch.zeros(out_feats)) if bias else None)

    def forward(self, graph, feat, edge_weight=None):
        with graph.local_scope():
            source, target = [self.feat_drop(part) for part in _pair(feat)] if isinstance(feat, tuple) else [self.feat_drop(feat)] * 2
            message = _message(graph, edge_weight)
            first = self._in_src_feats > self._out_feats and self._aggre_type != 'pool'
            if self._aggre_type == 'pool':
                graph.srcdata['h'] = F.relu(self.fc_pool(source))
            else:
                graph.srcdata['h'] = self.fc_neigh(source) if first else source
            how = {'mean': fn.mean, 'gcn': fn.sum, 'pool': fn.max}[self._aggre_type]
            graph.update_all(message, how('m', 'neigh'))
            found = graph.dstdata['neigh']
            if self._aggre_type == 'gcn':
                found = (found + graph.dstdata['h']) / (graph.in_degrees().to(target).unsqueeze(-1) + 1)
            if not first:
                found = self.fc_neigh(found)
            if self._aggre_type == 'gcn':
                out = found if self.bias is None else found + self.bias
            else:
                out = self.fc_self(target) + found
            if self.activation is not None:
                out = self.activation(out)
            return out if self.norm is None else self.norm(out)


class GATConv(_Checked):
    def __init__(self, in_feats, out_feats, num_heads, feat_drop=0.0, attn_drop=0.0, negative_slope=0.2, residual=False, activation=None, allow_zero_in_degree=False, bias=True):
        super().__init__()
        source, target = _pair(in_feats)
        self._num_heads, self._out_feats = num_heads, out_feats
        width = out_feats * num_heads
        if isinstance(in_feats, tuple):
            self.fc_src = torch.nn.Linear(source, width, bias=False)
            self.fc_dst = torch.nn.Linear(target, width, bias=False)
        else:
            self.fc = torch.nn.Linear(source, width, bias=False)
        self.attn_l = Parameter(torch.empty(1, num_heads, out_feats))
        self.attn_r = Parameter(torch.empty(1, num_heads, out_feats))
        self.feat_drop, self.attn_drop = torch.nn.Dropout(feat_drop), torch.nn.Dropout(attn_drop)
        self.leaky_relu = torch.nn.LeakyReLU(negative_slope)
        linear = residual and target != width
        self.res_fc = None
        if residual:
            self.res_fc = torch.nn.Linear(target, width, bias=bias) if linear else torch.nn.Identity()
        self.register_parameter('bias', Parameter(torch.empty(width)) if bias and not linear else None)
        self.activation = activation

    def forward(self, graph, feat, edge_weight=None, get_attention=False):
        with graph.local_scope():
            if isinstance(feat, tuple):
                h_dst = self.feat_drop(feat[1])
                source = self.fc_src(self.feat_drop(feat[0])).view(-1, self._num_heads, self._out_feats)
                target = self.fc_dst(h_dst).view(-1, self._num_heads, self._out_feats)
            else:
                h_dst = self.feat_drop(feat)
                source = target = self.fc(h_dst).view(-1, self._num_heads, self._out_feats)
            el = (source * self.attn_l).sum(dim=-1).unsqueeze(-1)
            er = (target * self.attn_r).sum(dim=-1).unsqueeze(-1)
            graph.srcdata.update({'ft': source, 'el': el})
            graph.dstdata.update({'er': er})
            graph.apply_edges(fn.u_add_v('el', 'er', 'e'))
            e = self.leaky_relu(graph.edata.pop('e'))
            graph.edata['a'] = self.attn_drop(edge_softmax(graph, e))
            if edge_weight is not None:
                graph.edata['a'] = graph.edata['a'] * edge_weight.tile(1, self._num_heads, 1).transpose(0, 2)
            graph.update_all(fn.u_mul_e('ft', 'a', 'm'), fn.sum('m', 'ft'))
            out = graph.dstdata['ft']
            if self.res_fc is not None:
                out = out + self.res_fc(h_dst).view(h_dst.size(0), -1, self._out_feats)
            if self.bias is not None:
                out = out + self.bias.view(1, self._num_heads, self._out_feats)
            if self.activation:
                out = self.activation(out)
            return (out, graph.edata['a']) if get_attention else out


class GATv2Conv(_Checked):
    def __init__(self, in_feats, out_feats, num_heads, feat_drop=0.0, attn_drop=0.0, negative_slope=0.2, residual=False, activation=None, allow_zero_in_degree=False, bias=True, share_weights=False):
        super().__init__()
        source, target = _pair(in_feats)
        self._num_heads, self._out_feats, self.share_weights = num_heads, out_feats, share_weights
        width = out_feats * num_heads
        self.fc_src = torch.nn.Linear(source, width, bias=bias)
        self.fc_dst = self.fc_src if share_weights and not isinstance(in_feats, tuple) else torch.nn.Linear(target, width, bias=bias)
        self.attn = Parameter(torch.empty(1, num_heads, out_feats))
        self.feat_drop, self.attn_drop = torch.nn.Dropout(feat_drop), torch.nn.Dropout(attn_drop)
        self.leaky_relu = torch.nn.LeakyReLU(negative_slope)
        self.res_fc = None
        if residual:
            self.res_fc = torch.nn.Linear(target, width, bias=bias) if target != width else torch.nn.Identity()
        self.activation = activation

    def forward(self, graph, feat, get_attention=False):
        with graph.local_scope():
            h_src, h_dst = [self.feat_drop(part) for part in feat] if isinstance(feat, tuple) else [self.feat_drop(feat)] * 2
            source = self.fc_src(h_src).view(-1, self._num_heads, self._out_feats)
            shared = self.share_weights and h_src is h_dst
            target = source if shared else self.fc_dst(h_dst).view(-1, self._num_heads, self._out_feats)
            graph.srcdata.update({'el': source})
            graph.dstdata.update({'er': target})
            graph.apply_edges(fn.u_add_v('el', 'er', 'e'))
            e = self.leaky_relu(graph.edata.pop('e'))
            e = (e * self.attn).sum(dim=-1).unsqueeze(dim=2)
            graph.edata['a'] = self.attn_drop(edge_softmax(graph, e))
            graph.update_all(fn.u_mul_e('el', 'a', 'm'), fn.sum('m', 'ft'))
            out = graph.dstdata['ft']
            if self.res_fc is not None:
                out = out + self.res_fc(h_dst).view(h_dst.size(0), -1, self._out_feats)
            if self.activation:
                out = self.activation(out)
            return (out, graph.edata['a']) if get_attention else out


class GINConv(_Checked):
    def __init__(self, apply_func=None, aggregator_type='sum', init_eps=0, learn_eps=False, activation=None):
        super().__init__()
        self.apply_func, self._aggregator_type, self.activation = apply_func, aggregator_type, activation
        if learn_eps:
            self.eps = Parameter(torch.empty(1))
        else:
            self.register_buffer('eps', torch.empty(1))

    def forward(self, graph, feat, edge_weight=None):
        with graph.local_scope():
            source, target = _pair(feat)
            graph.srcdata['h'] = source
            graph.update_all(_message(graph, edge_weight), getattr(fn, self._aggregator_type)('m', 'neigh'))
            out = (1 + self.eps) * target + graph.dstdata['neigh']
            if self.apply_func is not None:
                out = self.apply_func(out)
            return out if self.activation is None else self.activation(out)


class SGConv(_Checked):
    def __init__(self, in_feats, out_feats, k=1, cached=False, bias=True, norm=None, allow_zero_in_degree=False):
        super().__init__()
        self.fc = torch.nn.Linear(in_feats, out_feats, bias=bias)
        self._k, self.norm = k, norm

    def forward(self, graph, feat, edge_weight=None):
        with graph.local_scope():
            weight = None if edge_weight is None else EdgeWeightNorm('both')(graph, edge_weight)
            norm = _inverse_root(graph.in_degrees(), feat) if weight is None else None
            for _ in range(self._k):
                graph.ndata['h'] = feat if norm is None else feat * norm
                graph.update_all(_message(graph, weight), fn.sum('m', 'h'))
                feat = graph.ndata.pop('h')
                if norm is not None:
                    feat = feat * norm
            if self.norm is not None:
                feat = self.norm(feat)
            return self.fc(feat)


class APPNPConv(Module):
    def __init__(self, k, alpha, edge_drop=0.0):
        super().__init__()
        self._k, self._alpha = k, alpha
        self.edge_drop = torch.nn.Dropout(edge_drop)

    def forward(self, graph, feat, edge_weight=None):
        with graph.local_scope():
            out_norm = in_norm = None
            if edge_weight is None:
                out_norm = _inverse_root(graph.out_degrees(), feat)
                in_norm = _inverse_root(graph.in_degrees(), feat)
                weight = torch.ones(graph.num_edges(), 1)
            else:
                weight = EdgeWeightNorm('both')(graph, edge_weight)
            first = feat
            for _ in range(self._k):
                graph.ndata['h'] = feat if out_norm is None else feat * out_norm
                graph.edata['w'] = self.edge_drop(weight)
                graph.update_all(fn.u_mul_e('h', 'w', 'm'), fn.sum('m', 'h'))
                feat = graph.ndata.pop('h')
                if in_norm is not None:
                    feat = feat * in_norm
                feat = (1 - self._alpha) * feat + self._alpha * first
            return feat


class TAGConv(_Checked):
    def __init__(self, in_feats, out_feats, k=2, bias=True, activation=None):
        super().__init__()
        self._k, self._activation = k, activation
        self.lin = torch.nn.Linear(in_feats * (k + 1), out_feats, bias=bias)

    def forward(self, graph, feat, edge_weight=None):
        with graph.local_scope():
            weight = None if edge_weight is None else EdgeWeightNorm('both')(graph, edge_weight)
            norm = _inverse_root(graph.in_degrees(), feat) if weight is None else None
            found = [feat]
            for _ in range(self._k):
                graph.ndata['h'] = found[-1] if norm is None else found[-1] * norm
                graph.update_all(_message(graph, weight), fn.sum(msg='m', out='h'))
                out = graph.ndata['h']
                found.append(out if norm is None else out * norm)
            out = self.lin(torch.cat(found, dim=-1))
            return out if self._activation is None else self._activation(out)


class ChebConv(Module):
    def __init__(self, in_feats, out_feats, k, activation=F.relu, bias=True):
        super().__init__()
        self._k, self.activation = k, activation
        self.linear = torch.nn.Linear(k * in_feats, out_feats, bias)

    def forward(self, graph, feat, lambda_max=None):
        with graph.local_scope():
            norm = torch.pow(graph.in_degrees().to(feat).clamp(min=1), -0.5).unsqueeze(-1)
            if not isinstance(lambda_max, torch.Tensor):
                lambda_max = torch.tensor([2.0] if lambda_max is None else lambda_max)
            if lambda_max.dim() == 1:
                lambda_max = lambda_max.unsqueeze(-1)
            scale = 2.0 / dgl.broadcast_nodes(graph, lambda_max)

            def spread(x):
                graph.ndata['h'] = x * norm
                graph.update_all(fn.copy_u('h', 'm'), fn.sum('m', 'h'))
                return graph.ndata.pop('h') * norm

            before = feat
            found = [feat]
            if self._k > 1:
                now = -scale * spread(before) + before * (scale - 1)
                found.append(now)
            for _ in range(2, self._k):
                then = -2 * scale * spread(now) + now * 2 * (scale - 1) - before
                found.append(then)
                now, before = then, now
            out = self.linear(torch.cat(found, dim=1))
            return self.activation(out) if self.activation else out


class _Pooling(Module):
    how = 'sum'

    def forward(self, graph, feat):
        return dgl.readout_nodes(graph, feat, op=self.how)


class SumPooling(_Pooling):
    pass


class AvgPooling(_Pooling):
    how = 'mean'


class MaxPooling(_Pooling):
    how = 'max'


class GlobalAttentionPooling(Module):
    def __init__(self, gate_nn, feat_nn=None):
        super().__init__()
        self.gate_nn, self.feat_nn = gate_nn, feat_nn

    def forward(self, graph, feat, get_attention=False):
        gate = torch.softmax(self.gate_nn(feat), dim=0)
        out = (gate * (feat if self.feat_nn is None else self.feat_nn(feat))).sum(dim=0, keepdim=True)
        return (out, gate) if get_attention else out


class Sequential(torch.nn.Sequential):
    def forward(self, graph, *feats):
        for module in self:
            out = module(graph, *feats)
            feats = out if isinstance(out, tuple) else (out,)
        return feats[0] if len(feats) == 1 else feats
