# A graph of DGL with features on nodes and edges, and messages along its edges.
import torch
import torch_scatter


class _Message:
    def __init__(self, op, left, right, out):
        self.op, self.left, self.right, self.out = op, left, right, out


class _Reduce:
    def __init__(self, how, field, out):
        self.how, self.field, self.out = how, field, out


class _Side:
    """The nodes or edges that a user-defined function sees."""

    def __init__(self, data=None, src=None, dst=None, mailbox=None):
        self.data, self.src, self.dst, self.mailbox = data, src, dst, mailbox


class _Scope:
    def __init__(self, graph):
        self.graph = graph

    def __enter__(self):
        self.kept = [dict(frame) for frame in self.graph.frames]
        return self.graph

    def __exit__(self, *args):
        for frame, kept in zip(self.graph.frames, self.kept):
            frame.clear()
            frame.update(kept)


class DGLGraph:
    is_block = False
    is_homogeneous = True
    device = torch.device('cpu')

    def __init__(self, row, col, num_nodes):
        self.row, self.col, self.count = row, col, num_nodes
        self.ndata, self.edata = {}, {}
        self.srcdata = self.dstdata = self.ndata
        self.frames = (self.ndata, self.edata)
        self.ntypes, self.etypes = ['_N'], ['_E']
        self.canonical_etypes = [('_N', '_E', '_N')]

    def local_scope(self):
        return _Scope(self)

    def local_var(self):
        copy = DGLGraph(self.row, self.col, self.count)
        copy.ndata.update(self.ndata)
        copy.edata.update(self.edata)
        return copy

    def to(self, *args, **kwargs):
        return self

    def int(self):
        return self

    def long(self):
        return self

    def num_nodes(self, ntype=None):
        return self.count

    number_of_nodes = num_src_nodes = num_dst_nodes = number_of_src_nodes = number_of_dst_nodes = num_nodes

    def num_edges(self, etype=None):
        return self.row.size(0)

    number_of_edges = num_edges

    def batch_num_nodes(self, ntype=None):
        return torch.tensor([self.count])

    batch_size = 1

    def edges(self, form='uv', order=None, etype=None):
        return self.row, self.col

    all_edges = edges

    def nodes(self, ntype=None):
        return torch.arange(self.count)

    def adj(self, *args, **kwargs):
        return torch.sparse_coo_tensor(torch.stack([self.row, self.col]), torch.ones(self.row.size(0)), (self.count, self.count))

    adjacency_matrix = adj_external = adj

    def _degrees(self, index):
        return torch.zeros(self.count, dtype=torch.int64).scatter_add_(0, index, torch.ones(index.size(0), dtype=torch.int64))

    def in_degrees(self, v=None, etype=None):
        return self._degrees(self.col)

    def out_degrees(self, u=None, etype=None):
        return self._degrees(self.row)

    def reverse(self, *args, **kwargs):
        return DGLGraph(self.col, self.row, self.count)

    def _field(self, side, name):
        if side == 'e':
            return self.edata[name]
        return self.ndata[name].index_select(0, self.row if side == 'u' else self.col)

    def apply_edges(self, func, edges=None, etype=None):
        if isinstance(func, _Message):
            self.edata[func.out] = self._messages(func)
        else:
            self.edata.update(func(self._edge_side()))

    def _edge_side(self):
        src = {name: value.index_select(0, self.row) for name, value in self.ndata.items()}
        dst = {name: value.index_select(0, self.col) for name, value in self.ndata.items()}
        return _Side(data=self.edata, src=src, dst=dst)

    def _messages(self, message):
        side, name = message.left
        left = self._field(side, name)
        if message.right is None:
            return left
        right = self._field(*message.right)
        if left.dim() < right.dim():
            left = left.view(list(left.size()) + [1] * (right.dim() - left.dim()))
        if right.dim() < left.dim():
            right = right.view(list(right.size()) + [1] * (left.dim() - right.dim()))
        if message.op == 'dot':
            return (left * right).sum(dim=-1, keepdim=True)
        return {'add': left.__add__, 'sub': left.__sub__, 'mul': left.__mul__, 'div': left.__truediv__}[message.op](right)

    def update_all(self, message_func, reduce_func, apply_node_func=None, etype=None):
        out = self._reduce(message_func, reduce_func)
        self.ndata.update(out)
        if apply_node_func is not None:
            self.ndata.update(apply_node_func(_Side(data=self.ndata)))

    def _reduce(self, message, reduce):
        if not isinstance(reduce, _Reduce):
            raise NotImplementedError('a reduce function of your own')
        if not isinstance(message, _Message):
            sent = message(self._edge_side())[reduce.field]
            return {reduce.out: torch_scatter.scatter(sent, self.col, 0, None, self.count, reduce.how)}
        scaled = message.right is not None and message.right[0] == 'e' and message.op == 'mul'
        if message.left[0] == 'u' and reduce.how in ('sum', 'mean') and (message.right is None or scaled):
            table = self.ndata[message.left[1]]
            value = None if message.right is None else self.edata[message.right[1]]
            if value is None or value.dim() <= table.dim():
                return {reduce.out: torch._sparse_mm(table, self.col, self.row, value, self.count, reduce.how)}
        sent = self._messages(message)
        return {reduce.out: torch_scatter.scatter(sent, self.col, 0, None, self.count, reduce.how)}

    def apply_nodes(self, func, v=None, ntype=None):
        self.ndata.update(func(_Side(data=self.ndata)))

    send_and_recv = pull = push = None


def graph(data, num_nodes=None, idtype=None, device=None):
    row, col = data
    return DGLGraph(row, col, torch._group_count(row) if num_nodes is None else num_nodes)


heterograph = None
DGLHeteroGraph = DGLGraph


def add_self_loop(g, edge_feat_names=None, fill_data=1.0, etype=None):
    loops = torch.arange(g.count)
    return DGLGraph(torch.cat([g.row, loops]), torch.cat([g.col, loops]), g.count)


def remove_self_loop(g, etype=None):
    ends = torch.stack([g.row, g.col])
    mask = torch._edges_between_nodes(ends)
    return g if mask is None else DGLGraph(g.row[mask], g.col[mask], g.count)


def graph_of(edge_index, num_nodes):
    """The graph that an edge index given as an input stands for."""
    return DGLGraph(edge_index[0], edge_index[1], num_nodes)


def _pooled(graph, feat, how):
    value = graph.ndata[feat] if isinstance(feat, str) else feat
    if how == 'max':
        return value.max(dim=0, keepdim=True)[0]
    return value.mean(dim=0, keepdim=True) if how == 'mean' else value.sum(dim=0, keepdim=True)


def sum_nodes(graph, feat, weight=None, *, ntype=None):
    return _pooled(graph, feat, 'sum')


def mean_nodes(graph, feat, weight=None, *, ntype=None):
    return _pooled(graph, feat, 'mean')


def max_nodes(graph, feat, weight=None, *, ntype=None):
    return _pooled(graph, feat, 'max')


def readout_nodes(graph, feat, weight=None, *, op='sum', ntype=None):
    return _pooled(graph, feat, op)


def softmax_nodes(graph, feat, *, ntype=None):
    return torch.softmax(graph.ndata[feat], dim=0)


def broadcast_nodes(graph, graph_feat, *, ntype=None):
    return graph_feat.expand(graph.count, graph_feat.size(-1))
