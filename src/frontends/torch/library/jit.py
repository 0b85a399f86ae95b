# torch.jit compiles what is written; for reading, a compiled function is the function.
from torch.nn.modules.module import Module


class ScriptModule(Module):
    pass


def script(obj=None, *args, **kwargs):
    return obj


def trace(func, *args, **kwargs):
    return func


def script_if_tracing(fn):
    return fn


def script_method(fn):
    return fn


def freeze(mod, *args, **kwargs):
    return mod


def optimize_for_inference(mod, *args, **kwargs):
    return mod


def ignore(drop=False, **kwargs):
    return drop if callable(drop) else (lambda fn: fn)


def unused(fn):
    return fn


def export(fn):
    return fn


def interface(obj):
    return obj


def _overload_method(fn):
    return fn


def _overload(fn):
    return fn


def is_scripting():
    return False


def is_tracing():
    return False


def annotate(the_type, the_value):
    return the_value


def Attribute(value, type):
    return value


# Written in a script for what a container holds, which is not looked into here.
isinstance = isinstance
