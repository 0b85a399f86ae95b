# Functions of `torch` that PyTorch composes from others.
import torch


def broadcast_tensors(*tensors):
    if len(tensors) == 1 and isinstance(tensors[0], (list, tuple)):
        tensors = tensors[0]
    shape = torch.broadcast_shapes(*[tensor.shape for tensor in tensors])
    return tuple(tensor.expand(shape) for tensor in tensors)


def broadcast_shapes(*shapes):
    shapes = [(shape,) if isinstance(shape, int) else tuple(shape) for shape in shapes]
    result = [1] * max((len(shape) for shape in shapes), default=0)
    for shape in shapes:
        for axis in range(1, len(shape) + 1):
            if shape[-axis] != 1:
                if result[-axis] not in (1, shape[-axis]):
                    raise RuntimeError('Shape mismatch: objects cannot be broadcast to a single shape')
                result[-axis] = shape[-axis]
    return torch.Size(result)


def diff(input, n=1, dim=-1, prepend=None, append=None):
    parts = [part for part in (prepend, input, append) if part is not None]
    if len(parts) > 1:
        input = torch.cat(parts, dim)
    for _ in range(n):
        size = input.size(dim) - 1
        input = input.narrow(dim, 1, size) - input.narrow(dim, 0, size)
    return input


def _each(function, tensors):
    if len(tensors) == 1:
        if isinstance(tensors[0], (list, tuple)):
            return tuple(function(tensor) for tensor in tensors[0])
        return function(tensors[0])
    return tuple(function(tensor) for tensor in tensors)


def atleast_1d(*tensors):
    return _each(lambda t: t if t.dim() > 0 else t.view(1), tensors)


def atleast_2d(*tensors):
    return _each(lambda t: t if t.dim() > 1 else t.view(1, -1), tensors)


def atleast_3d(*tensors):
    def raised(t):
        if t.dim() > 2:
            return t
        return t.unsqueeze(-1) if t.dim() == 2 else t.view(1, -1, 1)

    return _each(raised, tensors)


def dstack(tensors):
    return torch.cat(atleast_3d(list(tensors)), 2)


def block_diag(*tensors):
    tensors = [t.view(1, -1) if t.dim() < 2 else t for t in tensors]
    result = torch.zeros(sum(t.size(0) for t in tensors), sum(t.size(1) for t in tensors), dtype=tensors[0].dtype)
    row = column = 0
    for t in tensors:
        result[row : row + t.size(0), column : column + t.size(1)] = t
        row += t.size(0)
        column += t.size(1)
    return result


def cartesian_prod(*tensors):
    if len(tensors) == 1:
        return tensors[0]
    return torch.stack([grid.reshape(-1) for grid in torch.meshgrid(*tensors)], dim=1)


def chain_matmul(*matrices):
    # In the order that takes the fewest multiplications, as PyTorch chooses it.
    if len(matrices) == 1 and isinstance(matrices[0], (list, tuple)):
        matrices = tuple(matrices[0])
    sizes = [matrices[0].size(0)] + [matrix.size(-1) for matrix in matrices]
    best = {(at, at): (0, None) for at in range(len(matrices))}
    for length in range(1, len(matrices)):
        for first in range(len(matrices) - length):
            last = first + length
            best[first, last] = min(
                (best[first, cut][0] + best[cut + 1, last][0] + sizes[first] * sizes[cut + 1] * sizes[last + 1], cut)
                for cut in range(first, last)
            )

    def product(first, last):
        if first == last:
            return matrices[first]
        cut = best[first, last][1]
        return product(first, cut) @ product(cut + 1, last)

    return product(0, len(matrices) - 1)


def rot90(input, k=1, dims=(0, 1)):
    k = k % 4
    if k == 0:
        return input.clone()
    if k == 2:
        return input.flip(dims)
    first, second = dims
    return input.transpose(first, second).flip(first if k == 1 else second)


def kron(input, other):
    rank = max(input.dim(), other.dim())
    a = input.reshape((1,) * (rank - input.dim()) + tuple(input.shape))
    b = other.reshape((1,) * (rank - other.dim()) + tuple(other.shape))
    left = [size for pair in zip(a.shape, [1] * rank) for size in pair]
    right = [size for pair in zip([1] * rank, b.shape) for size in pair]
    return (a.reshape(left) * b.reshape(right)).reshape([m * n for m, n in zip(a.shape, b.shape)])


def aminmax(input, *, dim=None, keepdim=False):
    if dim is None:
        return input.min(), input.max()
    return input.amin(dim, keepdim), input.amax(dim, keepdim)


def _assert(condition, message):
    assert condition, message


def is_tensor(obj):
    return isinstance(obj, torch.Tensor)


def compile(model=None, **kwargs):
    return model if model is not None else (lambda wrapped: wrapped)


def manual_seed(seed):
    pass


def set_float32_matmul_precision(precision):
    pass


def set_num_threads(count):
    pass


def set_printoptions(*args, **kwargs):
    pass


def use_deterministic_algorithms(mode, warn_only=False):
    pass


def is_grad_enabled():
    return False


def is_inference_mode_enabled():
    return False


def is_autocast_enabled(*args):
    return False


def save(obj, f, *args, **kwargs):
    pass
