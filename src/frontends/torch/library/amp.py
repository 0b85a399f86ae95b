# Automatic mixed precision: its contexts and decorators run what they hold. On the CPU, as everything is read, those
# that are made for a GPU change no type.
from torch.autograd.grad_mode import _Switch


class autocast(_Switch):
    def __init__(self, device_type='cuda', dtype=None, enabled=True, cache_enabled=None):
        super().__init__()
        self.device = device_type
        self.fast_dtype = dtype
        self._enabled = False


def custom_fwd(fwd=None, **kwargs):
    return fwd if fwd is not None else (lambda function: function)


def custom_bwd(bwd=None, **kwargs):
    return bwd if bwd is not None else (lambda function: function)


def is_autocast_available(device_type):
    return device_type in ('cpu', 'cuda')
