# Convolutions that combine a node with what its neighbours send: SAGE, isomorphism networks, edge networks, gates.
import torch
import torch.nn.functional as F
from torch.nn.parameter import Parameter
from torch_geometric.nn.aggr import MultiAggregation
from torch_geometric.nn.conv.message_passing import MessagePassing
from torch_geometric.nn.dense.linear import Linear
from torch_geometric.utils import spmm


def _both(value):
    return value if isinstance(value, (tuple, list)) else (value, value)


class SAGEConv(MessagePassing):
    def __init__(self, in_channels, out_channels, aggr='mean', normalize=False, root_weight=True, project=False, bias=True, **kwargs):
        super().__init__(aggr, **kwargs)
        self.in_channels, self.out_channels = in_channels, out_channels
        self.normalize, self.root_weight, self.project = normalize, root_weight, project
        source, target = _both(in_channels)
        if project:
            self.lin = Linear(source, source, bias=True)
        width = self.aggr_module.get_out_channels(source) if isinstance(self.aggr_module, MultiAggregation) else source
        self.lin_l = Linear(width, out_channels, bias=bias)
        if root_weight:
            self.lin_r = Linear(target, out_channels, bias=False)

    def forward(self, x, edge_index, size=None):
        if isinstance(x, torch.Tensor):
            x = (x, x)
        if self.project:
            x = (self.lin(x[0]).relu(), x[1])
        out = self.lin_l(self.propagate(edge_index, x=x, size=size))
        if self.root_weight and x[1] is not None:
            out = out + self.lin_r(x[1])
        return F.normalize(out, p=2.0, dim=-1) if self.normalize else out

    def message_and_aggregate(self, adj_t, x):
        return spmm(adj_t.without_values(), x[0], reduce=self.aggr)


def _epsilon(module, eps, train_eps):
    module.initial_eps = eps
    if train_eps:
        module.eps = Parameter(torch.empty(1))
    else:
        module.register_buffer('eps', torch.empty(1))


class GINConv(MessagePassing):
    def __init__(self, nn, eps=0.0, train_eps=False, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        self.nn = nn
        _epsilon(self, eps, train_eps)

    def forward(self, x, edge_index, size=None):
        if isinstance(x, torch.Tensor):
            x = (x, x)
        out = self.propagate(edge_index, x=x, size=size)
        if x[1] is not None:
            out = out + (1 + self.eps) * x[1]
        return self.nn(out)

    def message_and_aggregate(self, adj_t, x):
        return spmm(adj_t.without_values(), x[0], reduce=self.aggr)


class GINEConv(MessagePassing):
    def __init__(self, nn, eps=0.0, train_eps=False, edge_dim=None, **kwargs):
        kwargs.setdefault('aggr', 'add')
        super().__init__(**kwargs)
        self.nn = nn
        _epsilon(self, eps, train_eps)
        self.lin = None
        if edge_dim is not None:
            first = nn[0] if isinstance(nn, torch.nn.Sequential) else nn
            self.lin = Linear(edge_dim, first.in_features if hasattr(first, 'in_features') else first.in_channels)

    def forward(self, x, edge_index, edge_attr=None, size=None):
        if isinstance(x, torch.Tensor):
            x = (x, x)
        out = self.propagate(edge_index, x=x, edge_attr=edge_attr, size=size)
        if x[1] is not None:
            out = out + (1 + self.eps) * x[1]
        return self.nn(out)

    def message(self, x_j, edge_attr):
        if self.lin is not None:
            edge_attr = self.lin(edge_attr)
        elif x_j.size(-1) != edge_attr.size(-1):
            raise ValueError("Node and edge feature dimensionalities do not match. Consider setting the 'edge_dim' attribute of 'GINEConv'")
        return (x_j + edge_attr).relu()


class EdgeConv(MessagePassing):
    def __init__(self, nn, aggr='max', **kwargs):
        super().__init__(aggr=aggr, **kwargs)
        self.nn = nn

    def forward(self, x, edge_index):
        return self.propagate(edge_index, x=(x, x) if isinstance(x, torch.Tensor) else x)

    def message(self, x_i, x_j):
        return self.nn(torch.cat([x_i, x_j - x_i], dim=-1))


class NNConv(MessagePassing):
    def __init__(self, in_channels, out_channels, nn, aggr='add', root_weight=True, bias=True, **kwargs):
        super().__init__(aggr=aggr, **kwargs)
        self.in_channels, self.out_channels = in_channels, out_channels
        self.nn = nn
        self.root_weight = root_weight
        self.in_channels_l, target = _both(in_channels)
        if root_weight:
            self.lin = Linear(target, out_channels, bias=False)
        self.register_parameter('bias', Parameter(torch.empty(out_channels)) if bias else None)

    def forward(self, x, edge_index, edge_attr=None, size=None):
        if isinstance(x, torch.Tensor):
            x = (x, x)
        out = self.propagate(edge_index, x=x, edge_attr=edge_attr, size=size)
        if x[1] is not None and self.root_weight:
            out = out + self.lin(x[1])
        return out if self.bias is None else out + self.bias

    def message(self, x_j, edge_attr):
        weight = self.nn(edge_attr).view(-1, self.in_channels_l, self.out_channels)
        return torch.matmul(x_j.unsqueeze(1), weight).squeeze(1)


class ECConv(NNConv):
    pass


class GatedGraphConv(MessagePassing):
    def __init__(self, out_channels, num_layers, aggr='add', bias=True, **kwargs):
        super().__init__(aggr=aggr, **kwargs)
        self.out_channels, self.num_layers = out_channels, num_layers
        self.weight = Parameter(torch.empty(num_layers, out_channels, out_channels))
        self.rnn = torch.nn.GRUCell(out_channels, out_channels, bias=bias)

    def forward(self, x, edge_index, edge_weight=None):
        missing = self.out_channels - x.size(-1)
        if missing < 0:
            raise ValueError('The number of input channels is not allowed to be larger than the number of output channels')
        if missing > 0:
            x = torch.cat([x, x.new_zeros(x.size(0), missing)], dim=1)
        for i in range(self.num_layers):
            m = self.propagate(edge_index, x=torch.matmul(x, self.weight[i]), edge_weight=edge_weight)
            x = self.rnn(m, x)
        return x

    def message(self, x_j, edge_weight):
        return x_j if edge_weight is None else edge_weight.view(-1, 1) * x_j

    def message_and_aggregate(self, adj_t, x):
        return spmm(adj_t, x, reduce=self.aggr)


class SimpleConv(MessagePassing):
    def __init__(self, aggr='sum', combine_root=None, **kwargs):
        super().__init__(aggr, **kwargs)
        self.combine_root = combine_root

    def forward(self, x, edge_index, edge_weight=None, size=None):
        if isinstance(x, torch.Tensor):
            x = (x, x)
        out = self.propagate(edge_index, x=x, edge_weight=edge_weight, size=size)
        if x[1] is None or self.combine_root is None:
            return out
        return out + x[1] if self.combine_root == 'sum' else torch.cat([x[1], out], dim=-1)

    def message(self, x_j, edge_weight):
        return x_j if edge_weight is None else edge_weight.view(-1, 1) * x_j
