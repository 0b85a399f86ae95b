# Command lines: none is given, so every option has its default.
from _native import from_machine

SUPPRESS = '==SUPPRESS=='
OPTIONAL = '?'
ZERO_OR_MORE = '*'
ONE_OR_MORE = '+'
REMAINDER = '...'


class ArgumentError(Exception):
    pass


class ArgumentTypeError(Exception):
    pass


class HelpFormatter:
    pass


class RawTextHelpFormatter(HelpFormatter):
    pass


class RawDescriptionHelpFormatter(HelpFormatter):
    pass


class ArgumentDefaultsHelpFormatter(HelpFormatter):
    pass


class Action:
    pass


class BooleanOptionalAction(Action):
    pass


class Namespace:
    def __init__(self, **kwargs):
        for name, value in kwargs.items():
            setattr(self, name, value)

    def __contains__(self, name):
        return name in self.__dict__

    def __eq__(self, other):
        return isinstance(other, Namespace) and vars(self) == vars(other)


class _Argument:
    def __init__(self, dest, default, type, positional, required):
        self.dest = dest
        self.default = default
        self.type = type
        self.positional = positional
        self.required = required

    def value(self):
        if self.default is None and (self.positional or self.required):
            return from_machine(self.dest)
        if isinstance(self.default, str) and callable(self.type):
            return self.type(self.default)
        return self.default


class ArgumentParser:
    def __init__(self, *args, parents=(), **kwargs):
        self._arguments = []
        self._defaults = {}
        for parent in parents:
            self._arguments.extend(parent._arguments)
            self._defaults.update(parent._defaults)

    def add_argument(self, *flags, action=None, default=None, type=None, dest=None, required=False, nargs=None, **rest):
        positional = bool(flags) and not flags[0].startswith('-')
        if dest is None:
            long = [flag for flag in flags if flag.startswith('--')]
            dest = (long or list(flags))[0].lstrip('-')
            if not positional:
                dest = dest.replace('-', '_')
        if action == 'store_true' and default is None:
            default = False
        elif action == 'store_false' and default is None:
            default = True
        elif action in ('help', 'version'):
            return None
        if positional and nargs in ('*', '?'):
            positional = False
            default = [] if default is None and nargs == '*' else default
        argument = _Argument(dest, default, type, positional, required)
        self._arguments.append(argument)
        return argument

    def add_argument_group(self, *args, **kwargs):
        return self

    add_mutually_exclusive_group = add_argument_group

    def set_defaults(self, **kwargs):
        self._defaults.update(kwargs)

    def get_default(self, dest):
        for argument in self._arguments:
            if argument.dest == dest:
                return self._defaults.get(dest, argument.default)
        return self._defaults.get(dest)

    def add_subparsers(self, **kwargs):
        return from_machine('add_subparsers()')

    def parse_args(self, args=None, namespace=None):
        if args:
            return from_machine('parse_args()')
        found = Namespace() if namespace is None else namespace
        for argument in self._arguments:
            if argument.default != SUPPRESS and not hasattr(found, argument.dest):
                value = self._defaults[argument.dest] if argument.dest in self._defaults else argument.value()
                setattr(found, argument.dest, value)
        for name, value in self._defaults.items():
            if not hasattr(found, name):
                setattr(found, name, value)
        return found

    def parse_known_args(self, args=None, namespace=None):
        return self.parse_args(args, namespace), []

    def print_help(self, *args):
        pass

    def format_help(self):
        return ''

    def error(self, message):
        raise SystemExit(message)
