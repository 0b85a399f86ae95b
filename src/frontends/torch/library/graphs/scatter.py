# Elements put together by an index: torch_scatter, and what torch_geometric.utils offers in its place.
import torch


def broadcast(src, other, dim):
    if dim < 0:
        dim = other.dim() + dim
    if src.dim() == 1:
        src = src.view([1] * dim + [-1])
    while src.dim() < other.dim():
        src = src.unsqueeze(-1)
    return src.expand(other.size())


def _target(src, index, dim, out, dim_size, fill):
    if dim < 0:
        dim = src.dim() + dim
    if out is not None:
        return out, dim
    if dim_size is None:
        dim_size = torch._group_count(index)
    size = list(src.size())
    size[dim] = dim_size
    return (src.new_ones(size) if fill == 1 else src.new_zeros(size)), dim


def _reduced(src, index, dim, out, dim_size, how):
    out, dim = _target(src, index, dim, out, dim_size, 1 if how == 'prod' else 0)
    index = broadcast(index, src, dim)
    if how == 'sum':
        return out.scatter_add_(dim, index, src)
    return out.scatter_reduce_(dim, index, src, reduce=how, include_self=how == 'prod')


def scatter_sum(src, index, dim=-1, out=None, dim_size=None):
    return _reduced(src, index, dim, out, dim_size, 'sum')


def scatter_add(src, index, dim=-1, out=None, dim_size=None):
    return _reduced(src, index, dim, out, dim_size, 'sum')


def scatter_mul(src, index, dim=-1, out=None, dim_size=None):
    return _reduced(src, index, dim, out, dim_size, 'prod')


def scatter_mean(src, index, dim=-1, out=None, dim_size=None):
    total = _reduced(src, index, dim, out, dim_size, 'sum')
    if dim < 0:
        dim = src.dim() + dim
    flat = index
    while flat.dim() > 1:
        flat = flat.select(0 if flat.dim() - 1 > dim else -1, 0)
    count = src.new_zeros(total.size(dim)).scatter_add_(0, flat, src.new_ones(flat.size(0)))
    return total / broadcast(count.clamp(min=1), total, dim)


def scatter_min(src, index, dim=-1, out=None, dim_size=None):
    least = _reduced(src, index, dim, out, dim_size, 'amin')
    return least, torch.empty_like(least, dtype=torch.int64)


def scatter_max(src, index, dim=-1, out=None, dim_size=None):
    most = _reduced(src, index, dim, out, dim_size, 'amax')
    return most, torch.empty_like(most, dtype=torch.int64)


def scatter(src, index, dim=-1, out=None, dim_size=None, reduce='sum'):
    if reduce in ('sum', 'add'):
        return scatter_sum(src, index, dim, out, dim_size)
    if reduce == 'mul':
        return scatter_mul(src, index, dim, out, dim_size)
    if reduce == 'mean':
        return scatter_mean(src, index, dim, out, dim_size)
    if reduce in ('min', 'amin'):
        return _reduced(src, index, dim, out, dim_size, 'amin')
    if reduce in ('max', 'amax'):
        return _reduced(src, index, dim, out, dim_size, 'amax')
    raise ValueError('unknown reduction ' + str(reduce))


def _places(src, indptr):
    count = src.size(indptr.dim() - 1)
    return torch.empty(count, dtype=torch.int64), indptr.size(-1) - 1


def segment_csr(src, indptr, out=None, reduce='sum'):
    index, groups = _places(src, indptr)
    return scatter(src, index, indptr.dim() - 1, out, groups, reduce)


def segment_sum_csr(src, indptr, out=None):
    return segment_csr(src, indptr, out, 'sum')


def segment_mean_csr(src, indptr, out=None):
    return segment_csr(src, indptr, out, 'mean')


def segment_coo(src, index, out=None, dim_size=None, reduce='sum'):
    return scatter(src, index, index.dim() - 1, out, dim_size, reduce)


def gather_coo(src, index, out=None):
    return src.index_select(index.dim() - 1, index)


def scatter_softmax(src, index, dim=-1, dim_size=None):
    wide = broadcast(index, src, dim)
    most = _reduced(src, index, dim, None, dim_size, 'amax')
    exponent = (src - most.gather(dim, wide)).exp()
    total = _reduced(exponent, index, dim, None, dim_size if dim_size is not None else most.size(dim), 'sum')
    return exponent / total.gather(dim, wide)


def scatter_log_softmax(src, index, dim=-1, eps=1e-12, dim_size=None):
    wide = broadcast(index, src, dim)
    most = _reduced(src, index, dim, None, dim_size, 'amax')
    shifted = src - most.gather(dim, wide)
    total = _reduced(shifted.exp(), index, dim, None, dim_size if dim_size is not None else most.size(dim), 'sum')
    return shifted - (total + eps).log().gather(dim, wide)


def scatter_logsumexp(src, index, dim=-1, out=None, dim_size=None, eps=1e-12):
    wide = broadcast(index, src, dim)
    most = _reduced(src, index, dim, None, dim_size, 'amax')
    total = _reduced((src - most.gather(dim, wide)).exp(), index, dim, None, most.size(dim), 'sum')
    return (total + eps).log() + most


def scatter_std(src, index, dim=-1, out=None, dim_size=None, unbiased=True):
    wide = broadcast(index, src, dim)
    mean = scatter_mean(src, index, dim, None, dim_size)
    difference = src - mean.gather(dim, wide)
    return scatter_mean(difference * difference, index, dim, None, mean.size(dim)).sqrt()
