# A graph and what is known of its nodes and edges, as models receive it.
import torch


class Data:
    def __init__(self, x=None, edge_index=None, edge_attr=None, y=None, pos=None, time=None, **kwargs):
        self._given = []
        for name, value in dict(x=x, edge_index=edge_index, edge_attr=edge_attr, y=y, pos=pos, **kwargs).items():
            setattr(self, name, value)
        self.batch = kwargs.get('batch')
        self.ptr = kwargs.get('ptr')
        self.edge_weight = kwargs.get('edge_weight')

    @property
    def num_nodes(self):
        for value in (self.x, self.pos, self.batch):
            if value is not None:
                return value.size(0)
        return torch._group_count(self.edge_index)

    @property
    def num_edges(self):
        return self.edge_index.size(1)

    @property
    def num_node_features(self):
        return self.x.size(1)

    @property
    def num_features(self):
        return self.x.size(1)

    @property
    def num_edge_features(self):
        return self.edge_attr.size(1)

    @property
    def num_graphs(self):
        return 1 if self.batch is None else torch._group_count(self.batch)

    @property
    def batch_size(self):
        return self.num_graphs

    def __getitem__(self, key):
        return getattr(self, key)

    def __setitem__(self, key, value):
        setattr(self, key, value)

    def __contains__(self, key):
        return getattr(self, key, None) is not None

    def keys(self):
        return [key for key in ('x', 'edge_index', 'edge_attr', 'y', 'pos', 'batch') if key in self]

    def to(self, *args, **kwargs):
        return self

    def cuda(self, *args, **kwargs):
        return self

    def cpu(self, *args):
        return self

    def clone(self, *args):
        return self


class Batch(Data):
    pass


def bundle(**kwargs):
    """The inputs of a model whose forward takes one graph."""
    return Data(**kwargs)
