# Edges and degrees: what graph layers do to an edge index before messages are sent.
import torch
import torch_scatter
from torch_scatter import broadcast


def scatter(src, index, dim=0, dim_size=None, reduce='sum'):
    return torch_scatter.scatter(src, index, dim, None, dim_size, reduce)


def softmax(src, index=None, ptr=None, num_nodes=None, dim=0):
    if index is None:
        raise NotImplementedError("'softmax' requires 'index' to be specified")
    count = maybe_num_nodes(index, num_nodes)
    most = scatter(src.detach(), index, dim, count, 'max')
    out = (src - most.index_select(dim, index)).exp()
    total = scatter(out, index, dim, count, 'sum') + 1e-16
    return out / total.index_select(dim, index)


def maybe_num_nodes(edge_index, num_nodes=None):
    if num_nodes is not None:
        return num_nodes
    return torch._group_count(edge_index)


def degree(index, num_nodes=None, dtype=None):
    out = torch.zeros((maybe_num_nodes(index, num_nodes),), dtype=dtype)
    return out.scatter_add_(0, index, torch.ones((index.size(0),), dtype=out.dtype))


def _without(edge_index, edge_attr, assumed=None):
    mask = torch._edges_between_nodes(edge_index)
    if mask is not None:
        return edge_index[:, mask], None if edge_attr is None else edge_attr[mask]
    if assumed is not None:
        torch._assumed_edges(edge_index.size(1) + assumed)
    return edge_index, edge_attr


def remove_self_loops(edge_index, edge_attr=None):
    return _without(edge_index, edge_attr, 0)


def contains_self_loops(edge_index):
    return (edge_index[0] == edge_index[1]).any()


def _loop_values(edge_index, edge_attr, fill_value, count):
    size = (count,) + tuple(edge_attr.size()[1:])
    if fill_value is None:
        return edge_attr.new_ones(size)
    if isinstance(fill_value, (int, float)):
        return edge_attr.new_full(size, fill_value)
    if isinstance(fill_value, torch.Tensor):
        value = fill_value if fill_value.dim() == edge_attr.dim() else fill_value.unsqueeze(0)
        return value.repeat([count] + [1] * (edge_attr.dim() - 1))
    return scatter(edge_attr, edge_index[1], 0, count, fill_value)


def add_self_loops(edge_index, edge_attr=None, fill_value=None, num_nodes=None):
    if isinstance(num_nodes, (tuple, list)):
        num_nodes = min(num_nodes)
    count = maybe_num_nodes(edge_index, num_nodes)
    loops = torch.arange(0, count, dtype=torch.int64).view(1, -1).repeat(2, 1)
    if edge_attr is not None:
        edge_attr = torch.cat([edge_attr, _loop_values(edge_index, edge_attr, fill_value, count)], dim=0)
    torch._assumed_edges(edge_index.size(1) + count, edge_index.size(1))
    return torch.cat([edge_index, loops], dim=1), edge_attr


def add_remaining_self_loops(edge_index, edge_attr=None, fill_value=None, num_nodes=None):
    count = maybe_num_nodes(edge_index, num_nodes)
    edge_index, edge_attr = _without(edge_index, edge_attr, count)
    return add_self_loops(edge_index, edge_attr, fill_value, count)


def get_laplacian(edge_index, edge_weight=None, normalization=None, dtype=None, num_nodes=None):
    edge_index, edge_weight = remove_self_loops(edge_index, edge_weight)
    if edge_weight is None:
        edge_weight = torch.ones(edge_index.size(1), dtype=dtype)
    count = maybe_num_nodes(edge_index, num_nodes)
    row, col = edge_index[0], edge_index[1]
    total = scatter(edge_weight, row, 0, count, 'sum')
    if normalization is None:
        return add_self_loops(edge_index, num_nodes=count)[0], torch.cat([-edge_weight, total], dim=0)
    if normalization == 'sym':
        scale = total.pow_(-0.5)
        scale.masked_fill_(scale == float('inf'), 0)
        edge_weight = scale[row] * edge_weight * scale[col]
    else:
        scale = 1.0 / total
        scale.masked_fill_(scale == float('inf'), 0)
        edge_weight = scale[row] * edge_weight
    return add_self_loops(edge_index, -edge_weight, 1.0, count)


def gcn_norm(edge_index, edge_weight=None, num_nodes=None, improved=False, add_self_loops=True, flow='source_to_target', dtype=None):
    fill = 2.0 if improved else 1.0
    if not isinstance(edge_index, torch.Tensor):
        return edge_index.normalised(fill if add_self_loops else None, dtype)
    count = maybe_num_nodes(edge_index, num_nodes)
    if add_self_loops:
        edge_index, edge_weight = add_remaining_self_loops(edge_index, edge_weight, fill, count)
    if edge_weight is None:
        edge_weight = torch.ones((edge_index.size(1),), dtype=dtype)
    row, col = edge_index[0], edge_index[1]
    total = scatter(edge_weight, col if flow == 'source_to_target' else row, 0, count, 'sum')
    scale = total.pow_(-0.5)
    scale.masked_fill_(scale == float('inf'), 0)
    return edge_index, scale[row] * edge_weight * scale[col]


def dropout_adj(edge_index, edge_attr=None, p=0.5, force_undirected=False, num_nodes=None, training=True):
    if not training or p == 0.0:
        return edge_index, edge_attr
    raise NotImplementedError('dropping edges')


def dropout_edge(edge_index, p=0.5, force_undirected=False, training=True):
    if not training or p == 0.0:
        return edge_index, torch.ones(edge_index.size(1), dtype=torch.bool)
    raise NotImplementedError('dropping edges')


def is_sparse(src):
    return not isinstance(src, torch.Tensor)


def is_torch_sparse_tensor(src):
    return False


def spmm(src, other, reduce='sum'):
    return src.matmul(other, reduce)


def one_hot(index, num_classes=None, dtype=None):
    if index.dim() != 1:
        raise ValueError("'index' tensor needs to be one-dimensional")
    count = torch._group_count(index) if num_classes is None else num_classes
    return torch.zeros((index.size(0), count), dtype=dtype).scatter_(1, index.unsqueeze(1), 1)


def to_dense_batch(x, batch=None, fill_value=0.0, max_num_nodes=None, batch_size=None):
    if batch is None and (max_num_nodes is None or max_num_nodes == x.size(0)):
        return x.unsqueeze(0), torch.ones((1, x.size(0)), dtype=torch.bool)
    if batch is None:
        batch = x.new_zeros(x.size(0), dtype=torch.int64)
    groups = torch._group_count(batch) if batch_size is None else batch_size
    most = torch._largest_group(batch, groups) if max_num_nodes is None else max_num_nodes
    place = torch.zeros_like(batch)
    out = torch.full([groups * most] + list(x.size())[1:], fill_value, dtype=x.dtype)
    out.index_copy_(0, place, x)
    mask = torch.zeros(groups * most, dtype=torch.bool)
    mask[place] = True
    return out.view([groups, most] + list(x.size())[1:]), mask.view(groups, most)


def glorot(value):
    pass


def zeros(value):
    pass


def ones(value):
    pass


def uniform(size, value):
    pass


def kaiming_uniform(value, fan, a):
    pass


def glorot_orthogonal(tensor, scale):
    pass


def normal(value, mean, std):
    pass


def constant(value, fill_value):
    pass


def reset(value):
    if hasattr(value, 'reset_parameters'):
        value.reset_parameters()
