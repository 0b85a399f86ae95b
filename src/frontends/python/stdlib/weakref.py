# References: what a model holds weakly it also holds otherwise while it runs.


class ref:
    def __init__(self, target, callback=None):
        self._target = target

    def __call__(self):
        return self._target


ReferenceType = ref
WeakMethod = ref


def proxy(target, callback=None):
    return target


def finalize(target, func, *args, **kwargs):
    return None


class WeakKeyDictionary(dict):
    pass


class WeakValueDictionary(dict):
    pass


class WeakSet(set):
    pass
