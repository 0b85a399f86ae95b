# torch_sparse: products and diagonals of sparse matrices.
import torch


def spmm(index, value, m, n, matrix):
    return torch._sparse_mm(matrix, index[0], index[1], value, m, 'sum')


def matmul(src, other, reduce='sum'):
    return src.matmul(other, reduce)


def set_diag(src, values=None, k=0):
    return src.with_loops()


def fill_diag(src, fill_value, k=0):
    return src.with_loops(fill_value)


def remove_diag(src, k=0):
    mask = torch._edges_between_nodes(torch.stack([src.row, src.col]))
    return src if mask is None else src.masked(mask)


def sum(src, dim=None):
    return src.sum(dim)


def mul(src, other):
    return src * other


def coalesce(index, value, m, n, op='add'):
    return index, value


def transpose(index, value, m, n, coalesced=True):
    return torch.stack([index[1], index[0]], dim=0), value
