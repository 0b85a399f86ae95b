# Module: registration of parameters, buffers and submodules by assignment, traversal, and the call protocol.
# After the torch.nn.Module reference. Modes and devices change nothing that is counted: reading is always in eval mode.
from collections import OrderedDict

import torch
from torch._modelwatt import is_hidden, quick
from torch.nn.parameter import Buffer, Parameter

_NONE = {}


class Module:
    dump_patches = False
    training = True
    call_super_init = False
    # Until `__init__` ran: plain values may be assigned before.
    _parameters = _buffers = _modules = _NONE

    @quick
    def __init__(self, *args, **kwargs):
        setattr_plain = object.__setattr__
        setattr_plain(self, 'training', True)
        setattr_plain(self, '_parameters', OrderedDict())
        setattr_plain(self, '_buffers', OrderedDict())
        setattr_plain(self, '_non_persistent_buffers_set', set())
        setattr_plain(self, '_modules', OrderedDict())
        setattr_plain(self, '_forward_pre_hooks', OrderedDict())
        setattr_plain(self, '_forward_hooks', OrderedDict())

    @quick
    def __setattr__(self, name, value):
        parameters, buffers, modules = self._parameters, self._buffers, self._modules
        if parameters is _NONE and isinstance(value, (Parameter, Module)):
            raise AttributeError('cannot assign parameters or modules before Module.__init__() call')
        if is_hidden(value):  # may be any of them: kept apart, so that the others stay known
            self._forget(name)
            object.__setattr__(self, name, value)
        elif isinstance(value, Parameter):
            self._forget(name, parameters)
            parameters[name] = value
        elif isinstance(value, Module):
            self._forget(name, modules)
            modules[name] = value
        elif isinstance(value, Buffer):
            self._forget(name, buffers)
            buffers[name] = value
        elif name in parameters:
            if value is not None:
                raise TypeError(f"cannot assign as parameter '{name}' (torch.nn.Parameter or None expected)")
            parameters[name] = None
        elif name in modules:
            if value is not None:
                raise TypeError(f"cannot assign as child module '{name}' (torch.nn.Module or None expected)")
            modules[name] = None
        elif name in buffers:
            buffers[name] = value
        else:
            object.__setattr__(self, name, value)

    # What takes the place of its like keeps that place: the order of modules is the order of execution in Sequential.
    def _forget(self, name, kept=None):
        self.__dict__.pop(name, None)
        for registry in (self._parameters, self._buffers, self._modules):
            if registry is not kept and name in registry:
                del registry[name]

    @quick
    def __getattr__(self, name):
        for registry in ('_parameters', '_buffers', '_modules'):
            found = self.__dict__.get(registry)
            if found is not None and name in found:
                return found[name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

    def __delattr__(self, name):
        for registry in (self._parameters, self._buffers, self._modules):
            if name in registry:
                del registry[name]
                return
        object.__delattr__(self, name)

    def register_buffer(self, name, tensor, persistent=True):
        self.__dict__.pop(name, None)
        self._buffers[name] = tensor

    def register_parameter(self, name, param):
        self.__dict__.pop(name, None)
        self._parameters[name] = param

    def add_module(self, name, module):
        self.__dict__.pop(name, None)
        self._modules[name] = module

    def register_module(self, name, module):
        self.add_module(name, module)

    @quick
    def __call__(self, *args, **kwargs):
        for hook in list(self._forward_pre_hooks.values()):
            result = hook(self, args)
            if result is not None:
                args = result if isinstance(result, tuple) else (result,)
        result = self.forward(*args, **kwargs)
        for hook in list(self._forward_hooks.values()):
            changed = hook(self, args, result)
            if changed is not None:
                result = changed
        return result

    def forward(self, *args):
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def register_forward_pre_hook(self, hook, *, prepend=False, with_kwargs=False):
        return _register(self._forward_pre_hooks, hook)

    def register_forward_hook(self, hook, *, prepend=False, with_kwargs=False, always_call=False):
        return _register(self._forward_hooks, hook)

    def register_backward_hook(self, hook):
        return RemovableHandle({}, 0)

    def register_full_backward_hook(self, hook, prepend=False):
        return RemovableHandle({}, 0)

    def register_full_backward_pre_hook(self, hook, prepend=False):
        return RemovableHandle({}, 0)

    def register_state_dict_pre_hook(self, hook):
        return RemovableHandle({}, 0)

    def register_load_state_dict_post_hook(self, hook):
        return RemovableHandle({}, 0)

    def register_load_state_dict_pre_hook(self, hook):
        return RemovableHandle({}, 0)

    def _register_load_state_dict_pre_hook(self, hook, with_module=False):
        return RemovableHandle({}, 0)

    def _register_state_dict_hook(self, hook):
        return RemovableHandle({}, 0)

    @quick
    def named_modules(self, memo=None, prefix='', remove_duplicate=True):
        if memo is None:
            memo = set()
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(memo, prefix + ('.' if prefix else '') + name, remove_duplicate)

    @quick
    def modules(self):
        for _, module in self.named_modules():
            yield module

    @quick
    def named_children(self):
        memo = set()
        for name, module in self._modules.items():
            if module is not None and module not in memo:
                memo.add(module)
                yield name, module

    @quick
    def children(self):
        for _, module in self.named_children():
            yield module

    def _named_members(self, registry, prefix='', recurse=True, remove_duplicate=True):
        memo = set()
        modules = self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate) if recurse else [(prefix, self)]
        for module_prefix, module in modules:
            for name, value in getattr(module, registry).items():
                if value is None or value in memo:
                    continue
                if remove_duplicate:
                    memo.add(value)
                yield module_prefix + ('.' if module_prefix else '') + name, value

    def named_parameters(self, prefix='', recurse=True, remove_duplicate=True):
        yield from self._named_members('_parameters', prefix, recurse, remove_duplicate)

    def parameters(self, recurse=True):
        for _, value in self.named_parameters(recurse=recurse):
            yield value

    def named_buffers(self, prefix='', recurse=True, remove_duplicate=True):
        yield from self._named_members('_buffers', prefix, recurse, remove_duplicate)

    def buffers(self, recurse=True):
        for _, value in self.named_buffers(recurse=recurse):
            yield value

    def get_submodule(self, target):
        module = self
        for name in target.split('.') if target else []:
            module = getattr(module, name)
        return module

    def set_submodule(self, target, module, strict=False):
        parent, _, name = target.rpartition('.')
        setattr(self.get_submodule(parent), name, module)

    def get_parameter(self, target):
        parent, _, name = target.rpartition('.')
        return getattr(self.get_submodule(parent), name)

    def get_buffer(self, target):
        parent, _, name = target.rpartition('.')
        return getattr(self.get_submodule(parent), name)

    def apply(self, fn):
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def _apply(self, fn):
        for module in self.children():
            module._apply(fn)
        for registry in (self._parameters, self._buffers):
            for name, value in list(registry.items()):
                if value is None:
                    continue
                changed = fn(value)
                if isinstance(value, Parameter):
                    changed = Parameter(changed, value.requires_grad)
                registry[name] = changed
        return self

    def to(self, *args, **kwargs):
        dtype = kwargs.get('dtype')
        for value in args:
            if isinstance(value, torch.dtype):
                dtype = value
            elif isinstance(value, torch.Tensor):
                dtype = value.dtype
        if dtype is None:
            return self
        return self._apply(lambda value: value.to(dtype) if value.is_floating_point() else value)

    def type(self, dst_type):
        return self._apply(lambda value: value.to(dst_type))

    def float(self):
        return self.to(torch.float32)

    def double(self):
        return self.to(torch.float64)

    def half(self):
        return self.to(torch.float16)

    def bfloat16(self):
        return self.to(torch.bfloat16)

    def cuda(self, device=None):
        return self

    def cpu(self):
        return self

    def xpu(self, device=None):
        return self

    def to_empty(self, *, device=None, recurse=True):
        return self

    def share_memory(self):
        return self

    def compile(self, *args, **kwargs):
        pass

    @quick
    def train(self, mode=True):
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self):
        return self.train(False)

    def requires_grad_(self, requires_grad=True):
        for value in self.parameters():
            value.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none=True):
        pass

    def state_dict(self, *args, destination=None, prefix='', keep_vars=False):
        if destination is None:
            destination = OrderedDict()
        for registry in (self._parameters, self._buffers):
            for name, value in registry.items():
                if value is not None and name not in self._non_persistent_buffers_set:
                    destination[prefix + name] = value
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=prefix + name + '.')
        return destination

    def load_state_dict(self, state_dict, strict=True, assign=False):
        return _IncompatibleKeys([], [])

    def _load_from_state_dict(self, *args, **kwargs):
        pass

    def _save_to_state_dict(self, *args, **kwargs):
        pass

    def get_extra_state(self):
        raise RuntimeError('no extra state')

    def set_extra_state(self, state):
        pass

    def _get_name(self):
        return type(self).__name__

    def extra_repr(self):
        return ''

    def __repr__(self):
        return type(self).__name__ + '()'

    def __dir__(self):
        return list(self.__dict__) + list(self._parameters) + list(self._modules) + list(self._buffers)

    def _replicate_for_data_parallel(self):
        return self


class _IncompatibleKeys:
    def __init__(self, missing_keys, unexpected_keys):
        self.missing_keys = missing_keys
        self.unexpected_keys = unexpected_keys

    def __iter__(self):
        return iter((self.missing_keys, self.unexpected_keys))


class RemovableHandle:
    def __init__(self, hooks, id):
        self.hooks = hooks
        self.id = id

    def remove(self):
        if self.id in self.hooks:
            del self.hooks[self.id]

    def __enter__(self):
        return self

    def __exit__(self, *args):
        self.remove()


def _register(hooks, hook):
    handle = RemovableHandle(hooks, len(hooks))
    hooks[handle.id] = hook
    return handle
