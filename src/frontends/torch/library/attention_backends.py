# Which kernel computes attention changes no count: every one computes the same products.
from enum import Enum

from torch.autograd.grad_mode import _Switch


class SDPBackend(Enum):
    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4


class sdpa_kernel(_Switch):
    def __init__(self, backends=None, set_priority=False):
        super().__init__()


class sdp_kernel(_Switch):
    def __init__(self, *args, **kwargs):
        super().__init__()


def flash_sdp_enabled():
    return True


def mem_efficient_sdp_enabled():
    return True


def math_sdp_enabled():
    return True


def enable_flash_sdp(enabled):
    pass


def enable_mem_efficient_sdp(enabled):
    pass


def enable_math_sdp(enabled):
    pass
