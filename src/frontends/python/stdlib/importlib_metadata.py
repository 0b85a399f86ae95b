# Installed distributions, as far as their packages say themselves which version they are.
from _native import from_machine, has_module, load_module


class PackageNotFoundError(ModuleNotFoundError):
    pass


def version(distribution_name):
    name = distribution_name.replace('-', '_')
    if not has_module(name):
        raise PackageNotFoundError(distribution_name)
    said = getattr(load_module(name), '__version__', None)
    return said if isinstance(said, str) else from_machine('importlib.metadata.version')


def packages_distributions():
    return {}
