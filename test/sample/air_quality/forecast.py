"""Hourly PM2.5 forecasting at an air-quality station.

One week of hourly readings (pollutants, weather, time of day) goes in, the concentration of the
next 24 hours comes out. Two architectures share the interface: an LSTM that attends to its own past,
and a temporal convolutional network (TCN) that reads the week in parallel.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F

FEATURES = 10  # PM2.5, PM10, NO2, O3, temperature, humidity, pressure, wind (2), hour of day
HOURS = 7 * 24
HORIZON = 24


class TemporalAttention(nn.Module):
    """Multi-head self-attention over the hours of the window."""

    def __init__(self, dim, heads=4):
        super().__init__()
        assert dim % heads == 0, "dim must be a multiple of heads"
        self.heads = heads
        self.head_dim = dim // heads
        self.query = nn.Linear(dim, dim)
        self.key = nn.Linear(dim, dim)
        self.value = nn.Linear(dim, dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, x):
        batch, hours, dim = x.shape
        q = self.query(x).view(batch, hours, self.heads, self.head_dim).transpose(1, 2)
        k = self.key(x).view(batch, hours, self.heads, self.head_dim).transpose(1, 2)
        v = self.value(x).view(batch, hours, self.heads, self.head_dim).transpose(1, 2)

        scores = q @ k.transpose(-2, -1) / math.sqrt(self.head_dim)
        weights = F.softmax(scores, dim=-1)
        context = weights @ v

        context = context.transpose(1, 2).reshape(batch, hours, dim)
        return self.out(context)


class AirQualityLSTM(nn.Module):
    """Two LSTM layers, attention over all hours, and a head that emits the whole horizon at once."""

    def __init__(self, features=FEATURES, hidden=128, layers=2, horizon=HORIZON, dropout=0.2):
        super().__init__()
        self.norm = nn.LayerNorm(features)
        self.lstm = nn.LSTM(features, hidden, num_layers=layers, batch_first=True, dropout=dropout)
        self.attention = TemporalAttention(hidden)
        self.head = nn.Sequential(
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(hidden, horizon),
        )

    def forward(self, x):
        states, _ = self.lstm(self.norm(x))
        states = states + self.attention(states)
        return self.head(states[:, -1])


class TemporalBlock(nn.Module):
    """Two dilated causal convolutions with a residual connection."""

    def __init__(self, in_channels, out_channels, kernel_size, dilation, dropout):
        super().__init__()
        self.padding = (kernel_size - 1) * dilation
        self.conv1 = nn.Conv1d(in_channels, out_channels, kernel_size, dilation=dilation)
        self.bn1 = nn.BatchNorm1d(out_channels)
        self.conv2 = nn.Conv1d(out_channels, out_channels, kernel_size, dilation=dilation)
        self.bn2 = nn.BatchNorm1d(out_channels)
        self.dropout = nn.Dropout(dropout)
        self.skip = nn.Conv1d(in_channels, out_channels, 1) if in_channels != out_channels else nn.Identity()

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(F.pad(x, (self.padding, 0)))))
        y = self.dropout(y)
        y = F.relu(self.bn2(self.conv2(F.pad(y, (self.padding, 0)))))
        return F.relu(self.dropout(y) + self.skip(x))


class AirQualityTCN(nn.Module):
    """Dilations double from block to block, so that the last hour sees the whole week."""

    def __init__(self, features=FEATURES, channels=(32, 64, 64, 128, 128), kernel_size=5, horizon=HORIZON, dropout=0.2):
        super().__init__()
        widths = [features, *channels]
        self.blocks = nn.Sequential(
            *[
                TemporalBlock(widths[i], widths[i + 1], kernel_size, dilation=2**i, dropout=dropout)
                for i in range(len(channels))
            ]
        )
        self.head = nn.Linear(channels[-1], horizon)

    def forward(self, x):
        x = self.blocks(x.transpose(1, 2))
        return self.head(x[:, :, -1])


if __name__ == "__main__":
    week = torch.randn(1, HOURS, FEATURES)

    lstm = AirQualityLSTM().eval()
    print("LSTM", tuple(lstm(week).shape))

    tcn = AirQualityTCN().eval()
    print("TCN", tuple(tcn(week).shape))
