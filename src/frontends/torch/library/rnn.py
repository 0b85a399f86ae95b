# Recurrent networks and their cells. A whole network is one op; a cell is its two products and the gates.
import torch
import torch.nn.functional as F
from torch.nn.modules.module import Module
from torch.nn.parameter import Parameter
from torch.nn.utils.rnn import PackedSequence


class RNNBase(Module):
    __constants__ = ['mode', 'input_size', 'hidden_size', 'num_layers', 'bias', 'batch_first', 'dropout', 'bidirectional', 'proj_size']

    def __init__(self, mode, input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False, proj_size=0, device=None, dtype=None):
        super().__init__()
        self.mode = mode
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.proj_size = proj_size
        directions = 2 if bidirectional else 1
        gates = {'LSTM': 4, 'GRU': 3}.get(mode, 1) * hidden_size
        out_size = proj_size if proj_size > 0 else hidden_size
        self._flat_weights_names = []
        self._all_weights = []
        for layer in range(num_layers):
            for direction in range(directions):
                in_size = input_size if layer == 0 else out_size * directions
                suffix = '_reverse' if direction == 1 else ''
                weights = [(f'weight_ih_l{layer}{suffix}', (gates, in_size)), (f'weight_hh_l{layer}{suffix}', (gates, out_size))]
                if bias:
                    weights += [(f'bias_ih_l{layer}{suffix}', (gates,)), (f'bias_hh_l{layer}{suffix}', (gates,))]
                if proj_size > 0:
                    weights.append((f'weight_hr_l{layer}{suffix}', (proj_size, hidden_size)))
                for name, shape in weights:
                    setattr(self, name, Parameter(torch.empty(shape, dtype=dtype)))
                self._all_weights.append([name for name, _ in weights])
                self._flat_weights_names.extend([name for name, _ in weights])

    @property
    def _flat_weights(self):
        return [getattr(self, name) for name in self._flat_weights_names]

    @property
    def all_weights(self):
        return [[getattr(self, name) for name in names] for names in self._all_weights]

    def flatten_parameters(self):
        pass

    def reset_parameters(self):
        pass

    def _begin(self, input, size):
        # The state before the first step, [layers x directions, batch, size].
        count = self.num_layers * (2 if self.bidirectional else 1)
        if input.dim() == 2:
            return torch.zeros(count, size, dtype=input.dtype, device=input.device)
        return torch.zeros(count, input.size(0 if self.batch_first else 1), size, dtype=input.dtype, device=input.device)


class RNN(RNNBase):
    def __init__(self, input_size, hidden_size, num_layers=1, nonlinearity='tanh', bias=True, batch_first=False, dropout=0.0, bidirectional=False, device=None, dtype=None):
        mode = 'RNN_RELU' if nonlinearity == 'relu' else 'RNN_TANH'
        super().__init__(mode, input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input, hx=None):
        run = torch.rnn_relu if self.mode == 'RNN_RELU' else torch.rnn_tanh
        if isinstance(input, PackedSequence):
            return _run_packed(self, run, input, hx)
        if hx is None:
            hx = self._begin(input, self.hidden_size)
        if input.dim() == 2:
            output, hidden = _run(self, run, input.unsqueeze(0 if self.batch_first else 1), hx.unsqueeze(1))
            return output.squeeze(0 if self.batch_first else 1), hidden.squeeze(1)
        return _run(self, run, input, hx)


class GRU(RNNBase):
    def __init__(self, input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False, device=None, dtype=None):
        super().__init__('GRU', input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, 0, device, dtype)

    def forward(self, input, hx=None):
        if isinstance(input, PackedSequence):
            return _run_packed(self, torch.gru, input, hx)
        if hx is None:
            hx = self._begin(input, self.hidden_size)
        if input.dim() == 2:
            output, hidden = _run(self, torch.gru, input.unsqueeze(0 if self.batch_first else 1), hx.unsqueeze(1))
            return output.squeeze(0 if self.batch_first else 1), hidden.squeeze(1)
        return _run(self, torch.gru, input, hx)


class LSTM(RNNBase):
    def __init__(self, input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False, proj_size=0, device=None, dtype=None):
        super().__init__('LSTM', input_size, hidden_size, num_layers, bias, batch_first, dropout, bidirectional, proj_size, device, dtype)

    def forward(self, input, hx=None):
        if isinstance(input, PackedSequence):
            return _run_packed(self, torch.lstm, input, hx)
        if hx is None:
            hx = (self._begin(input, self.proj_size or self.hidden_size), self._begin(input, self.hidden_size))
        if input.dim() == 2:
            h, c = hx
            batch = 0 if self.batch_first else 1
            output, hidden, cell = _run(self, torch.lstm, input.unsqueeze(batch), (h.unsqueeze(1), c.unsqueeze(1)))
            return output.squeeze(batch), (hidden.squeeze(1), cell.squeeze(1))
        output, hidden, cell = _run(self, torch.lstm, input, hx)
        return output, (hidden, cell)


def _run(module, run, input, hx):
    return run(input, hx, module._flat_weights, module.bias, module.num_layers, module.dropout, module.training, module.bidirectional, module.batch_first)


def _run_packed(module, run, packed, hx):
    # The steps of all sequences, one after another, as a batch of one: the same products, without the padding.
    data = packed.data.unsqueeze(1)
    batch = packed.max_batch_size
    count = module.num_layers * (2 if module.bidirectional else 1)

    def begin(size):
        return torch.zeros(count, 1, size, dtype=data.dtype)

    lstm = module.mode == 'LSTM'
    state = (begin(module.proj_size or module.hidden_size), begin(module.hidden_size)) if lstm else begin(module.hidden_size)
    result = run(data, state, module._flat_weights, module.bias, module.num_layers, module.dropout, module.training, module.bidirectional, False)
    output = PackedSequence(result[0].squeeze(1), packed.batch_sizes, packed.sorted_indices, packed.unsorted_indices, packed.padded, packed.lengths)
    states = tuple(state.expand(-1, batch, -1) for state in result[1:])
    return output, states if lstm else states[0]


class RNNCellBase(Module):
    __constants__ = ['input_size', 'hidden_size', 'bias']

    def __init__(self, input_size, hidden_size, bias, num_chunks, device=None, dtype=None):
        super().__init__()
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.bias = bias
        self.weight_ih = Parameter(torch.empty((num_chunks * hidden_size, input_size), dtype=dtype))
        self.weight_hh = Parameter(torch.empty((num_chunks * hidden_size, hidden_size), dtype=dtype))
        if bias:
            self.bias_ih = Parameter(torch.empty(num_chunks * hidden_size, dtype=dtype))
            self.bias_hh = Parameter(torch.empty(num_chunks * hidden_size, dtype=dtype))
        else:
            self.register_parameter('bias_ih', None)
            self.register_parameter('bias_hh', None)

    def reset_parameters(self):
        pass

    def _begin(self, input):
        return torch.zeros(*input.shape[:-1], self.hidden_size, dtype=input.dtype, device=input.device)


class RNNCell(RNNCellBase):
    def __init__(self, input_size, hidden_size, bias=True, nonlinearity='tanh', device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 1, device, dtype)
        self.nonlinearity = nonlinearity

    def forward(self, input, hx=None):
        if hx is None:
            hx = self._begin(input)
        total = F.linear(input, self.weight_ih, self.bias_ih) + F.linear(hx, self.weight_hh, self.bias_hh)
        return torch.relu(total) if self.nonlinearity == 'relu' else torch.tanh(total)


class LSTMCell(RNNCellBase):
    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 4, device, dtype)

    def forward(self, input, hx=None):
        if hx is None:
            zeros = self._begin(input)
            hx = (zeros, zeros)
        h, c = hx
        gates = F.linear(input, self.weight_ih, self.bias_ih) + F.linear(h, self.weight_hh, self.bias_hh)
        i, f, g, o = gates.chunk(4, -1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class GRUCell(RNNCellBase):
    def __init__(self, input_size, hidden_size, bias=True, device=None, dtype=None):
        super().__init__(input_size, hidden_size, bias, 3, device, dtype)

    def forward(self, input, hx=None):
        if hx is None:
            hx = self._begin(input)
        r_i, z_i, n_i = F.linear(input, self.weight_ih, self.bias_ih).chunk(3, -1)
        r_h, z_h, n_h = F.linear(hx, self.weight_hh, self.bias_hh).chunk(3, -1)
        r = torch.sigmoid(r_i + r_h)
        z = torch.sigmoid(z_i + z_h)
        n = torch.tanh(n_i + r * n_h)
        return n + z * (hx - n)
