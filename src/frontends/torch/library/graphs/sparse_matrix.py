# Sparse matrices as places and values. Products with them look rows up and add: torch.sparse, torch_sparse.
import torch


class SparseTensor:
    is_sparse = True
    is_cuda = False
    requires_grad = False

    def __init__(self, row=None, rowptr=None, col=None, value=None, sparse_sizes=None, is_sorted=False, trust_data=False, rest=()):
        if row is None:
            row = torch.empty(col.size(0), dtype=torch.int64)
        if sparse_sizes is None:
            sparse_sizes = (rowptr.size(0) - 1 if rowptr is not None else torch._group_count(row), torch._group_count(col))
        self.row, self.col, self.value = row, col, value
        self.sizes = tuple(sparse_sizes)
        self.rest = tuple(rest)

    @classmethod
    def from_edge_index(cls, edge_index, edge_attr=None, sparse_sizes=None, is_sorted=False, trust_data=False):
        return cls(row=edge_index[0], col=edge_index[1], value=edge_attr, sparse_sizes=sparse_sizes)

    def _with(self, row, col, value, sizes=None):
        return type(self)(row=row, col=col, value=value, sparse_sizes=sizes or self.sizes)

    @property
    def shape(self):
        return torch.Size(self.sizes + self.rest)

    @property
    def dtype(self):
        return torch.float32 if self.value is None else self.value.dtype

    @property
    def device(self):
        return self.row.device

    @property
    def layout(self):
        return 'torch.sparse_coo'

    def __len__(self):
        return self.sizes[0]

    def size(self, dim=None):
        return self.shape if dim is None else self.shape[dim]

    def dim(self):
        return 2 + len(self.rest)

    def sparse_size(self, dim):
        return self.sizes[dim]

    def sparse_sizes(self):
        return self.sizes

    def nnz(self):
        return self.row.size(0)

    def _nnz(self):
        return self.row.size(0)

    def numel(self):
        return self.row.size(0)

    def has_value(self):
        return self.value is not None

    def coo(self):
        return self.row, self.col, self.value

    def indices(self):
        return torch.stack([self.row, self.col], dim=0)

    def _indices(self):
        return self.indices()

    def values(self):
        return self.value

    def _values(self):
        return self.value

    def coalesce(self, reduce='sum'):
        return self

    def is_coalesced(self):
        return True

    def t(self):
        return self._with(self.col, self.row, self.value, (self.sizes[1], self.sizes[0]))

    def transpose(self, dim0, dim1):
        return self.t()

    def to(self, *args, **kwargs):
        return self

    def cuda(self, *args, **kwargs):
        return self

    def cpu(self):
        return self

    def float(self):
        return self

    def detach(self):
        return self

    def clone(self):
        return self

    def requires_grad_(self, value=True):
        return self

    def to_torch_sparse_coo_tensor(self, dtype=None):
        return self if self.value is not None else self.fill_value(1.0)

    def to_dense(self, dtype=None):
        value = self.value if self.value is not None else torch.ones(self.row.size(0))
        return torch.zeros(self.shape, dtype=value.dtype).index_put_((self.row, self.col), value, accumulate=True)

    def set_value(self, value, layout=None):
        return self._with(self.row, self.col, value)

    def without_values(self):
        return self._with(self.row, self.col, None)

    def fill_value(self, fill_value, dtype=None):
        return self._with(self.row, self.col, torch.full((self.row.size(0),), fill_value, dtype=dtype))

    def masked(self, mask):
        return self._with(self.row[mask], self.col[mask], None if self.value is None else self.value[mask])

    def with_loops(self, fill_value=1.0):
        ends, value = torch.stack([self.row, self.col], dim=0), self.value
        mask = torch._edges_between_nodes(ends)
        if mask is not None:
            ends, value = ends[:, mask], None if value is None else value[mask]
        count = min(self.sizes)
        loops = torch.arange(count)
        if value is not None:
            value = torch.cat([value, value.new_full((count,), fill_value)])
        return self._with(torch.cat([ends[0], loops]), torch.cat([ends[1], loops]), value)

    def normalised(self, fill, dtype=None):
        matrix = self if self.value is not None else self.fill_value(1.0, dtype)
        if fill is not None:
            matrix = matrix.with_loops(fill)
        scale = matrix.sum(1).pow_(-0.5)
        scale.masked_fill_(scale == float('inf'), 0.0)
        return matrix.set_value(scale[matrix.row] * matrix.value * scale[matrix.col])

    def sum(self, dim=None):
        value = self.value if self.value is not None else torch.ones(self.row.size(0))
        if dim is None:
            return value.sum()
        index = self.row if dim in (1, -1) else self.col
        return value.new_zeros(self.sizes[0 if dim in (1, -1) else 1]).scatter_add_(0, index, value)

    def matmul(self, other, reduce='sum'):
        if not isinstance(other, torch.Tensor):
            raise NotImplementedError('products of two sparse matrices')
        if other.dim() == 1:
            return torch._sparse_mm(other.unsqueeze(-1), self.row, self.col, self.value, self.sizes[0], 'sum').squeeze(-1)
        return torch._sparse_mm(other, self.row, self.col, self.value, self.sizes[0], 'sum' if reduce == 'add' else reduce)

    def spmm(self, other, reduce='sum'):
        return self.matmul(other, reduce)

    def mm(self, other):
        return self.matmul(other)

    def mv(self, other):
        return self.matmul(other)

    def __matmul__(self, other):
        return self.matmul(other)

    def mul(self, other):
        return self * other

    def __mul__(self, other):
        if isinstance(other, torch.Tensor) and other.dim() == 2:
            other = other.view(-1)[self.row if other.size(1) == 1 else self.col]
        return self.set_value(other if self.value is None else self.value * other)

    def __rmul__(self, other):
        return self * other

    def __truediv__(self, other):
        return self.set_value(self.value / other)

    def _torch_function(self, name, args, kwargs):
        """What functions of torch do that meet a sparse matrix."""
        if args[0] is not self:
            return None
        if name in ('matmul', 'mm', 'mv', 'spmm', 'hspmm', 'smm', 'sparse.mm', 'bmm'):
            return self.matmul(args[1])
        if name in ('addmm', 'sparse.addmm'):
            return None
        if name in ('t', 'transpose'):
            return self.t()
        if name in ('sparse.sum', 'sum'):
            dim = args[1] if len(args) > 1 else kwargs.get('dim')
            return self.sum(dim[0] if isinstance(dim, (list, tuple)) else dim)
        if name in ('sparse.softmax', 'softmax'):
            return self.set_value(_softmax(self.value, self.row, self.sizes[0]))
        if name in ('mul', 'multiply'):
            return self * args[1]
        if name == 'relu':
            return self.set_value(torch.relu(self.value))
        return None


def _softmax(value, row, count):
    most = value.new_zeros(count).scatter_reduce_(0, row, value, reduce='amax', include_self=False)
    value = (value - most[row]).exp()
    return value / value.new_zeros(count).scatter_add_(0, row, value)[row]
