# Messages along edges, put together at nodes: what every convolution on a graph is made of.
import torch
from _native import parameters_of
from torch.nn.modules.module import Module
from torch_geometric.nn.aggr import aggregation_of


def _wanted(method):
    return [(name, has, default) for name, kind, has, default in parameters_of(method, False) if kind in (0, 1, 3)]


class MessagePassing(Module):
    special_args = ('edge_index', 'adj_t', 'edge_index_i', 'edge_index_j', 'size', 'size_i', 'size_j', 'ptr', 'index', 'dim_size')

    def __init__(self, aggr='sum', *, aggr_kwargs=None, flow='source_to_target', node_dim=-2, decomposed_layers=1, **kwargs):
        super().__init__()
        if flow not in ('source_to_target', 'target_to_source'):
            raise ValueError("Expected 'flow' to be either 'source_to_target' or 'target_to_source'")
        if isinstance(aggr, (tuple, list)):
            self.aggr = [str(item) for item in aggr]
        else:
            self.aggr = aggr if aggr is None or isinstance(aggr, str) else type(aggr).__name__
        self.aggr_module = aggregation_of(aggr, **(aggr_kwargs or {}))
        self.flow = flow
        self.node_dim = node_dim
        self.decomposed_layers = decomposed_layers
        self.explain = None
        self.fuse = type(self).message_and_aggregate is not MessagePassing.message_and_aggregate

    def reset_parameters(self):
        if self.aggr_module is not None:
            self.aggr_module.reset_parameters()

    def _set_size(self, size, dim, src):
        if size[dim] is None:
            size[dim] = src.size(self.node_dim)
        elif size[dim] != src.size(self.node_dim):
            raise ValueError(f'Encountered tensor with size {src.size(self.node_dim)} in dimension {self.node_dim}, but expected size {size[dim]}.')

    def _collect(self, names, edge_index, size, kwargs):
        i, j = (1, 0) if self.flow == 'source_to_target' else (0, 1)
        ends = (edge_index[0], edge_index[1]) if isinstance(edge_index, torch.Tensor) else (edge_index.col, edge_index.row)
        out = {}
        for name in names:
            if name in self.special_args:
                continue
            if name[-2:] not in ('_i', '_j'):
                if name in kwargs:
                    out[name] = kwargs[name]
                continue
            if name[:-2] not in kwargs:
                continue
            dim = j if name[-2:] == '_j' else i
            data = kwargs[name[:-2]]
            if isinstance(data, (tuple, list)):
                if isinstance(data[1 - dim], torch.Tensor):
                    self._set_size(size, 1 - dim, data[1 - dim])
                data = data[dim]
            if isinstance(data, torch.Tensor):
                self._set_size(size, dim, data)
                data = data.index_select(self.node_dim, ends[dim])
            out[name] = data
        if not isinstance(edge_index, torch.Tensor):
            out['adj_t'] = edge_index
            if out.get('edge_weight') is None and 'edge_weight' in names:
                out['edge_weight'] = edge_index.value
        out['edge_index'] = edge_index if isinstance(edge_index, torch.Tensor) else None
        out['edge_index_i'] = ends[i]
        out['edge_index_j'] = ends[j]
        out['index'] = ends[i]
        out['ptr'] = None
        out['size'] = size
        out['size_i'] = size[i] if size[i] is not None else size[j]
        out['size_j'] = size[j] if size[j] is not None else size[i]
        out['dim_size'] = out['size_i']
        return out

    def _call(self, method, first, data):
        kwargs = {}
        for name, has, default in _wanted(method)[len(first):]:
            if name in data:
                kwargs[name] = data[name]
            elif has:
                kwargs[name] = default
            else:
                raise TypeError(f"Required parameter '{name}' is empty.")
        return method(*first, **kwargs)

    def _sizes(self, edge_index, size):
        if isinstance(edge_index, torch.Tensor):
            if edge_index.dtype == torch.float32 or edge_index.dim() != 2:
                raise ValueError('`MessagePassing.propagate` only supports integer tensors of shape `[2, num_messages]`')
            return [None, None] if size is None else list(size)
        return [edge_index.size(1), edge_index.size(0)]

    def propagate(self, edge_index, size=None, **kwargs):
        sizes = self._sizes(edge_index, size)
        names = [name for method in (self.message, self.aggregate, self.update) for name, _, _ in _wanted(method)]
        if not isinstance(edge_index, torch.Tensor) and self.fuse:
            names = [name for method in (self.message_and_aggregate, self.update) for name, _, _ in _wanted(method)]
            data = self._collect(names, edge_index, sizes, kwargs)
            out = self._call(self.message_and_aggregate, (edge_index,), data)
            return self._call(self.update, (out,), data)
        data = self._collect(names, edge_index, sizes, kwargs)
        messages = self._call(self.message, (), data)
        out = self._call(self.aggregate, (messages,), data)
        messages = None
        return self._call(self.update, (out,), data)

    def edge_updater(self, edge_index, size=None, **kwargs):
        sizes = self._sizes(edge_index, size)
        names = [name for name, _, _ in _wanted(self.edge_update)]
        return self._call(self.edge_update, (), self._collect(names, edge_index, sizes, kwargs))

    def message(self, x_j):
        return x_j

    def aggregate(self, inputs, index, ptr=None, dim_size=None):
        return self.aggr_module(inputs, index, ptr=ptr, dim_size=dim_size, dim=self.node_dim)

    def message_and_aggregate(self, edge_index):
        raise NotImplementedError

    def update(self, inputs):
        return inputs

    def edge_update(self):
        raise NotImplementedError

    def jittable(self, typing=None):
        return self
