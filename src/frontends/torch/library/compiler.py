# torch.compile's questions and marks: what is read is not compiled.


def is_compiling():
    return False


def is_dynamo_compiling():
    return False


def is_exporting():
    return False


def disable(fn=None, recursive=True, **kwargs):
    return fn if callable(fn) else (lambda function: function)


def allow_in_graph(fn):
    return fn


def disallow_in_graph(fn):
    return fn


def assume_constant_result(fn):
    return fn


def substitute_in_graph(original_fn, **kwargs):
    return lambda function: function


def graph_break(*args, **kwargs):
    pass


def reset():
    pass


def cudagraph_mark_step_begin():
    pass


def mark_static_address(*args, **kwargs):
    pass


def mark_dynamic(*args, **kwargs):
    pass


def maybe_mark_dynamic(*args, **kwargs):
    pass
