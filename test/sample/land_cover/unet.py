"""Land-cover segmentation of Sentinel-2 tiles with a small U-Net.

Ten bands at 10 m and 20 m resolution go in; every pixel gets a score for each class
(water, trees, crops, built-up, ...), from which changes in land use are mapped.
"""

import torch
import torch.nn as nn

BANDS = 10
CLASSES = 9


class DoubleConv(nn.Module):
    """Two 3x3 convolutions, each followed by batch normalisation and ReLU."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(in_channels, out_channels, kernel_size=3, padding=1),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
            nn.Conv2d(out_channels, out_channels, kernel_size=3, padding=1),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(inplace=True),
        )

    def forward(self, x):
        return self.layers(x)


class Up(nn.Module):
    """Doubles the resolution, joins the encoder's features of the same size, and refines both."""

    def __init__(self, in_channels, out_channels):
        super().__init__()
        self.up = nn.ConvTranspose2d(in_channels, out_channels, kernel_size=2, stride=2)
        self.conv = DoubleConv(2 * out_channels, out_channels)

    def forward(self, x, skip):
        x = self.up(x)
        return self.conv(torch.cat([skip, x], dim=1))


class LandCoverUNet(nn.Module):
    """Four resolutions below the input's; widths double on the way down and halve on the way up."""

    def __init__(self, bands=BANDS, classes=CLASSES, width=32):
        super().__init__()
        widths = [width * 2**level for level in range(5)]
        self.stem = DoubleConv(bands, widths[0])
        self.pool = nn.MaxPool2d(2)
        self.down = nn.ModuleList(DoubleConv(a, b) for a, b in zip(widths[:-1], widths[1:]))
        self.up = nn.ModuleList(Up(b, a) for a, b in zip(reversed(widths[:-1]), reversed(widths[1:])))
        self.classify = nn.Conv2d(widths[0], classes, kernel_size=1)

    def forward(self, x):
        x = self.stem(x)
        skips = []
        for block in self.down:
            skips.append(x)
            x = block(self.pool(x))
        for block in self.up:
            x = block(x, skips.pop())
        return self.classify(x)


if __name__ == "__main__":
    model = LandCoverUNet().eval()
    tile = torch.randn(1, BANDS, 256, 256)
    print(tuple(model(tile).shape))
