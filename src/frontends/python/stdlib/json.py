# JSON texts; files are not read.
from _native import from_machine, read_literal


class JSONDecodeError(ValueError):
    pass


def loads(text, **kwargs):
    if kwargs or not isinstance(text, str):
        return from_machine('json.loads()')
    return read_literal(text, {'true': True, 'false': False, 'null': None})


def load(file, **kwargs):
    return from_machine('json.load()')


def dump(value, file, **kwargs):
    pass


def dumps(value, sort_keys=False, **kwargs):
    if value is None or isinstance(value, bool):
        return {None: 'null', True: 'true', False: 'false'}[value]
    if isinstance(value, str):
        return '"' + value.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n') + '"'
    if isinstance(value, (list, tuple)):
        return '[' + ', '.join(dumps(item, sort_keys) for item in value) + ']'
    if isinstance(value, dict):
        items = sorted(value.items()) if sort_keys else value.items()
        return '{' + ', '.join(f'{dumps(str(key))}: {dumps(item, sort_keys)}' for key, item in items) + '}'
    return repr(value)
