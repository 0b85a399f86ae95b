# Whether a module can be found.
from _native import has_module


class _Spec:
    def __init__(self, name):
        self.name = name


def find_spec(name, package=None):
    return _Spec(name) if has_module(name) else None
