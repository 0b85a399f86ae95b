# Symbolic tracing: what is read is not traced, so that nothing is a proxy.


class Proxy:
    pass


class Node:
    pass


class Graph:
    pass


class Tracer:
    pass


def wrap(fn_or_name):
    return fn_or_name
