# torch.sparse: functions of sparse matrices. A dense matrix given to them is multiplied as one.
import torch


def mm(mat1, mat2, reduce='sum'):
    return torch.matmul(mat1, mat2)


def addmm(mat, mat1, mat2, *, beta=1.0, alpha=1.0):
    return torch.matmul(mat1, mat2) * alpha + mat * beta


def sum(input, dim=None, dtype=None):
    return input.sum() if dim is None else input.sum(dim[0] if isinstance(dim, (list, tuple)) else dim)


def softmax(input, dim, *, dtype=None):
    return torch.softmax(input, dim)


def FloatTensor(indices, values, size=None):
    return torch.sparse_coo_tensor(indices, values, size)
