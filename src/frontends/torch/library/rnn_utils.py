# Packed and padded batches of sequences. Only the number of steps in all matters; without known lengths it is unknown.
import torch


class PackedSequence:
    def __init__(self, data, batch_sizes=None, sorted_indices=None, unsorted_indices=None, padded=None, lengths=None):
        self.data = data
        self.batch_sizes = batch_sizes
        self.sorted_indices = sorted_indices
        self.unsorted_indices = unsorted_indices
        # The longest, and how many; then the lengths themselves.
        self.padded = padded
        self.lengths = lengths

    @property
    def max_batch_size(self):
        return self.padded[1]

    def to(self, *args, **kwargs):
        return self

    def __iter__(self):
        return iter((self.data, self.batch_sizes, self.sorted_indices, self.unsorted_indices))


def pack_padded_sequence(input, lengths, batch_first=False, enforce_sorted=True):
    steps, batch = (input.size(1), input.size(0)) if batch_first else (input.size(0), input.size(1))
    if isinstance(lengths, torch.Tensor):
        lengths = lengths.tolist()
    lengths = [int(length) for length in lengths]
    longest = max(lengths)
    total = sum(lengths)
    flat = input.reshape(steps * batch, *input.shape[2:])
    return PackedSequence(flat[:total], torch.empty(longest, dtype=torch.int64), None, None, (longest, batch), lengths)


def pad_packed_sequence(sequence, batch_first=False, padding_value=0.0, total_length=None):
    steps, batch = sequence.padded
    steps = total_length or steps
    rest = sequence.data.shape[1:]
    shape = (batch, steps, *rest) if batch_first else (steps, batch, *rest)
    return sequence.data.new_empty(shape), torch.tensor(sequence.lengths, dtype=torch.int64)


def pad_sequence(sequences, batch_first=False, padding_value=0.0, padding_side='right'):
    longest = max(s.size(0) for s in sequences)
    rest = sequences[0].shape[1:]
    shape = (len(sequences), longest, *rest) if batch_first else (longest, len(sequences), *rest)
    return sequences[0].new_full(shape, padding_value)


def unpad_sequence(padded_sequences, lengths, batch_first=False):
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [row[:int(length)] for row, length in zip(rows, lengths)]


def pack_sequence(sequences, enforce_sorted=True):
    return pack_padded_sequence(pad_sequence(sequences), [s.size(0) for s in sequences], enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences):
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)


def invert_permutation(permutation):
    return permutation
