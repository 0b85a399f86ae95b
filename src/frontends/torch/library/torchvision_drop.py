# torchvision's stochastic depth and drop block: nothing happens in evaluation.
import torch


def stochastic_depth(input, p, mode, training=True):
    return torch.dropout(input, p, True) if training and p > 0 else input


class StochasticDepth(torch.nn.Module):
    def __init__(self, p, mode):
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, input):
        return stochastic_depth(input, self.p, self.mode, self.training)


def drop_block2d(input, p, block_size, inplace=False, eps=1e-6, training=True):
    return torch.dropout(input, p, True) if training and p > 0 else input


def drop_block3d(input, p, block_size, inplace=False, eps=1e-6, training=True):
    return torch.dropout(input, p, True) if training and p > 0 else input


class DropBlock2d(torch.nn.Module):
    def __init__(self, p, block_size, inplace=False, eps=1e-6):
        super().__init__()
        self.p = p
        self.block_size = block_size

    def forward(self, input):
        return drop_block2d(input, self.p, self.block_size, training=self.training)


class DropBlock3d(DropBlock2d):
    def forward(self, input):
        return drop_block3d(input, self.p, self.block_size, training=self.training)
