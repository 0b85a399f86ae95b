# Operators of DGL on whole graphs.
import torch
import torch_scatter


def edge_softmax(graph, logits, eids=None, norm_by='dst'):
    index = graph.col if norm_by == 'dst' else graph.row
    most = torch_scatter.scatter(logits, index, 0, None, graph.count, 'max')
    out = (logits - most.index_select(0, index)).exp()
    total = torch_scatter.scatter(out, index, 0, None, graph.count, 'sum')
    return out / total.index_select(0, index)


def copy_u_sum(g, x):
    return torch._sparse_mm(x, g.col, g.row, None, g.count, 'sum')


def copy_u_mean(g, x):
    return torch._sparse_mm(x, g.col, g.row, None, g.count, 'mean')


def u_mul_e_sum(g, x, y):
    return torch._sparse_mm(x, g.col, g.row, y, g.count, 'sum')
