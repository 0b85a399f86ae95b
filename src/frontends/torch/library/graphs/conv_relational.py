# Convolutions over several kinds of edges.
import torch
from torch.nn.modules.module import Module
from torch.nn.parameter import Parameter
from torch_geometric.nn.conv.message_passing import MessagePassing
from torch_geometric.utils import one_hot, scatter


class RGCNConv(MessagePassing):
    def __init__(self, in_channels, out_channels, num_relations, num_bases=None, num_blocks=None, aggr='mean', root_weight=True, is_sorted=False, bias=True, **kwargs):
        kwargs.setdefault('aggr', aggr)
        super().__init__(node_dim=0, **kwargs)
        if num_bases is not None and num_blocks is not None:
            raise ValueError('Can not apply both basis-decomposition and block-diagonal-decomposition at the same time.')
        self.in_channels, self.out_channels, self.num_relations = in_channels, out_channels, num_relations
        self.num_bases, self.num_blocks = num_bases, num_blocks
        source, target = (in_channels, in_channels) if isinstance(in_channels, int) else in_channels
        self.in_channels_l = source
        if num_bases is not None:
            self.weight = Parameter(torch.empty(num_bases, source, out_channels))
            self.comp = Parameter(torch.empty(num_relations, num_bases))
        elif num_blocks is not None:
            assert source % num_blocks == 0 and out_channels % num_blocks == 0
            self.weight = Parameter(torch.empty(num_relations, num_blocks, source // num_blocks, out_channels // num_blocks))
            self.register_parameter('comp', None)
        else:
            self.weight = Parameter(torch.empty(num_relations, source, out_channels))
            self.register_parameter('comp', None)
        self.register_parameter('root', Parameter(torch.empty(target, out_channels)) if root_weight else None)
        self.register_parameter('bias', Parameter(torch.empty(out_channels)) if bias else None)

    def _full_weight(self):
        if self.num_bases is None:
            return self.weight
        mixed = self.comp @ self.weight.view(self.num_bases, -1)
        return mixed.view(self.num_relations, self.in_channels_l, self.out_channels)

    def _ends(self, x):
        source = x[0] if isinstance(x, tuple) else x
        if source is None:
            source = torch.arange(self.in_channels_l)
        return source, x[1] if isinstance(x, tuple) else source

    def _rooted(self, out, target):
        if self.root is not None:
            out = out + (target @ self.root if target.is_floating_point() else self.root[target])
        return out if self.bias is None else out + self.bias

    def forward(self, x, edge_index, edge_type=None):
        source, target = self._ends(x)
        size = (source.size(0), target.size(0))
        out = torch.zeros(target.size(0), self.out_channels)
        if self.num_blocks is None:
            # Which kernel suits the sizes is asked of a linear model of four numbers.
            torch.matmul(torch.empty(4), torch.empty(4))
        weight = self._full_weight()
        for relation in range(self.num_relations):
            # How the edges spread over the relations is not known; every relation gets its share.
            edges = torch._share_of_edges(edge_index, edge_type, relation, self.num_relations)
            if self.num_blocks is not None:
                h = self.propagate(edges, x=source, edge_type_ptr=None, size=size)
                h = h.view(-1, weight.size(1), weight.size(2))
                h = torch.einsum('abc,bcd->abd', h, weight[relation])
                out = out + h.contiguous().view(-1, self.out_channels)
            elif target.is_floating_point():
                out = out + self.propagate(edges, x=source, edge_type_ptr=None, size=size) @ weight[relation]
            else:
                out = out + self.propagate(edges, x=weight[relation, source], edge_type_ptr=None, size=size)
        return self._rooted(out, target)

    def message(self, x_j, edge_type_ptr):
        return x_j


class FastRGCNConv(RGCNConv):
    def forward(self, x, edge_index, edge_type=None):
        source, target = self._ends(x)
        out = self.propagate(edge_index, x=source, edge_type=edge_type, size=(source.size(0), target.size(0)))
        return self._rooted(out, target)

    def message(self, x_j, edge_type, edge_index_j):
        weight = self._full_weight()
        if self.num_blocks is not None:
            weight = weight[edge_type].view(-1, weight.size(2), weight.size(3))
            return torch.bmm(x_j.view(-1, 1, weight.size(1)), weight).view(-1, self.out_channels)
        if not x_j.is_floating_point():
            return weight.view(-1, self.out_channels)[edge_type * weight.size(1) + edge_index_j]
        return torch.bmm(x_j.unsqueeze(-2), weight[edge_type]).squeeze(-2)

    def aggregate(self, inputs, edge_type, index, dim_size=None):
        if self.aggr == 'mean':
            norm = one_hot(edge_type, self.num_relations, dtype=inputs.dtype)
            norm = scatter(norm, index, 0, dim_size)[index]
            norm = torch.gather(norm, 1, edge_type.view(-1, 1))
            inputs = (1.0 / norm.clamp_(1.0)) * inputs
        return scatter(inputs, index, self.node_dim, dim_size)


class HeteroConv(Module):
    def __init__(self, convs, aggr='sum'):
        super().__init__()
        self.convs = torch.nn.ModuleDict({'__'.join(key): conv for key, conv in convs.items()})
        self.aggr = aggr
        self._keys = list(convs)

    def reset_parameters(self):
        pass

    def _arguments(self, key, args, kwargs):
        source, _, target = key
        given = []
        for value in args:
            if key in value:
                given.append(value[key])
            elif source == target and source in value:
                given.append(value[source])
            elif source in value or target in value:
                given.append((value.get(source), value.get(target)))
        named = {}
        for name, value in kwargs.items():
            short = name[:-5] if name.endswith('_dict') else name
            if key in value:
                named[short] = value[key]
            elif source == target and source in value:
                named[short] = value[source]
        return given, named

    def forward(self, *args, **kwargs):
        found = {}
        for key in self._keys:
            given, named = self._arguments(key, args, kwargs)
            if len(given) < 2 and not named:
                continue
            found.setdefault(key[2], []).append(self.convs['__'.join(key)](*given, **named))
        return {name: self._grouped(outs) for name, outs in found.items()}

    def _grouped(self, outs):
        if self.aggr is None:
            return torch.stack(outs, dim=1)
        if len(outs) == 1:
            return outs[0]
        if self.aggr == 'cat':
            return torch.cat(outs, dim=-1)
        out = getattr(torch.stack(outs, dim=0), self.aggr)(dim=0)
        return out[0] if self.aggr in ('min', 'max') else out
