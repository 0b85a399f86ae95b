# The machine, as far as programs ask to take another way on another system.


def system():
    return 'Linux'


def python_version():
    return '3.11.0'


def python_version_tuple():
    return '3', '11', '0'


def python_implementation():
    return 'CPython'
