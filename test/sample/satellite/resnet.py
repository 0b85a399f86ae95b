"""Land-use classification of Sentinel-2 patches (EuroSAT: 64 x 64 pixels, 13 bands, 10 classes).

Residual networks as in He et al. (2015), with a stem for small images: no early down-sampling,
because a field or a river is only a few pixels wide.
"""

from typing import List, Optional, Type

import torch
from torch import Tensor, nn

BANDS = 13
CLASSES = 10


def conv3x3(in_planes: int, out_planes: int, stride: int = 1) -> nn.Conv2d:
    return nn.Conv2d(in_planes, out_planes, kernel_size=3, stride=stride, padding=1, bias=False)


class BasicBlock(nn.Module):
    """Two 3x3 convolutions around a shortcut."""

    expansion: int = 1

    def __init__(self, in_planes: int, planes: int, stride: int = 1, downsample: Optional[nn.Module] = None) -> None:
        super().__init__()
        self.conv1 = conv3x3(in_planes, planes, stride)
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = conv3x3(planes, planes)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = downsample

    def forward(self, x: Tensor) -> Tensor:
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class SatelliteResNet(nn.Module):  # modelwatt: input=float32[1,13,64,64]
    """Four stages of residual blocks, each at half the resolution and twice the width of the one before."""

    def __init__(
        self,
        block: Type[BasicBlock] = BasicBlock,
        layers: Optional[List[int]] = None,
        bands: int = BANDS,
        num_classes: int = CLASSES,
        width: int = 64,
    ) -> None:
        super().__init__()
        layers = layers or [2, 2, 2, 2]
        self.in_planes = width
        self.stem = nn.Sequential(
            nn.Conv2d(bands, width, kernel_size=3, padding=1),
            nn.BatchNorm2d(width),
            nn.ReLU(inplace=True),
        )
        self.layer1 = self._make_layer(block, width, layers[0])
        self.layer2 = self._make_layer(block, width * 2, layers[1], stride=2)
        self.layer3 = self._make_layer(block, width * 4, layers[2], stride=2)
        self.layer4 = self._make_layer(block, width * 8, layers[3], stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(width * 8 * block.expansion, num_classes)

    def _make_layer(self, block: Type[BasicBlock], planes: int, blocks: int, stride: int = 1) -> nn.Sequential:
        downsample = None
        if stride != 1 or self.in_planes != planes * block.expansion:
            downsample = nn.Sequential(
                nn.Conv2d(self.in_planes, planes * block.expansion, kernel_size=1, stride=stride),
                nn.BatchNorm2d(planes * block.expansion),
            )
        layers = [block(self.in_planes, planes, stride, downsample)]
        self.in_planes = planes * block.expansion
        for _ in range(1, blocks):
            layers.append(block(self.in_planes, planes))
        return nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        x = self.layer1(x)
        x = self.layer2(x)
        x = self.layer3(x)
        x = self.layer4(x)
        x = torch.flatten(self.avgpool(x), 1)
        return self.fc(x)


def satellite_resnet18(**kwargs) -> SatelliteResNet:
    """The usual choice for EuroSAT."""
    return SatelliteResNet(BasicBlock, [2, 2, 2, 2], **kwargs)


def satellite_resnet34(**kwargs) -> SatelliteResNet:
    """Twice as deep, for larger collections such as BigEarthNet."""
    return SatelliteResNet(BasicBlock, [3, 4, 6, 3], **kwargs)


if __name__ == "__main__":
    patch = torch.randn(1, BANDS, 64, 64)

    small = satellite_resnet18().eval()
    print("18 layers", tuple(small(patch).shape))

    large = satellite_resnet34().eval()
    print("34 layers", tuple(large(patch).shape))
