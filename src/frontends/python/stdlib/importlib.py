# Modules by their names.
import importlib_util as util
from _native import load_module


def import_module(name, package=None):
    if name.startswith('.'):
        level = len(name) - len(name.lstrip('.'))
        base = package.split('.')
        base = base[:len(base) - level + 1]
        name = '.'.join(base + [part for part in name.lstrip('.').split('.') if part])
    return load_module(name)


def reload(module):
    return module


def invalidate_caches():
    pass
