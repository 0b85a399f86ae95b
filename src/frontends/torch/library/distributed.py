# One process: nothing was started, and asking the group that is not there raises, as in PyTorch.


def is_available():
    return True


def is_initialized():
    return False


def is_torchelastic_launched():
    return False


def is_nccl_available():
    return False


def is_gloo_available():
    return True


def is_mpi_available():
    return False


def _no_group(*args, **kwargs):
    raise ValueError('Default process group has not been initialized, please make sure to call init_process_group.')


def get_rank(group=None):
    _no_group()


def get_world_size(group=None):
    _no_group()


def get_backend(group=None):
    _no_group()
