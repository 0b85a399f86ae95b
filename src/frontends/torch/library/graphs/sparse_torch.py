# Constructors of sparse matrices, and products that take them.
import torch
from torch_sparse.tensor import SparseTensor


def sparse_coo_tensor(indices, values=None, size=None, *, dtype=None, device=None, requires_grad=False, check_invariants=None, is_coalesced=None):
    if not isinstance(indices, torch.Tensor):
        indices = torch.tensor(indices)
    if not isinstance(values, torch.Tensor):
        values = torch.tensor(values)
    if indices.size(0) != 2:
        raise NotImplementedError('sparse tensors that are no matrices')
    sizes = None if size is None else tuple(size)[:2]
    rest = () if size is None else tuple(size)[2:]
    return SparseTensor(row=indices[0], col=indices[1], value=values, sparse_sizes=sizes, rest=rest)


def sparse_csr_tensor(crow_indices, col_indices, values, size=None, *, dtype=None, device=None, requires_grad=False, check_invariants=None):
    return SparseTensor(rowptr=crow_indices, col=col_indices, value=values, sparse_sizes=size)


def spmm(mat1, mat2):
    return torch.matmul(mat1, mat2)


def hspmm(mat1, mat2):
    return torch.matmul(mat1, mat2)


def smm(mat1, mat2):
    return torch.matmul(mat1, mat2)
