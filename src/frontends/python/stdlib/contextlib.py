# Contexts made of generators, and contexts that do nothing.


class _GeneratorContext:
    def __init__(self, generator):
        self.generator = generator

    def __enter__(self):
        return next(self.generator)

    def __exit__(self, *args):
        next(self.generator, None)
        return False

    def __call__(self, func):
        return func


def contextmanager(func):
    def make(*args, **kwargs):
        return _GeneratorContext(func(*args, **kwargs))

    make.__wrapped__ = func
    return make


asynccontextmanager = contextmanager


class ContextDecorator:
    def __call__(self, func):
        def inner(*args, **kwargs):
            with self:
                return func(*args, **kwargs)

        return inner


class AbstractContextManager:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        return None


class nullcontext:
    def __init__(self, enter_result=None):
        self.enter_result = enter_result

    def __enter__(self):
        return self.enter_result

    def __exit__(self, *args):
        return False


class suppress:
    def __init__(self, *exceptions):
        self.exceptions = exceptions

    def __enter__(self):
        return self

    def __exit__(self, cls, value, traceback):
        return cls is not None and issubclass(cls, self.exceptions)


class redirect_stdout(nullcontext):
    pass


class redirect_stderr(nullcontext):
    pass


class closing(nullcontext):
    pass


class ExitStack:
    def __init__(self):
        self.contexts = []

    def enter_context(self, context):
        self.contexts.append(context)
        return context.__enter__()

    def callback(self, func, *args, **kwargs):
        return func

    def close(self):
        self.__exit__(None, None, None)

    def __enter__(self):
        return self

    def __exit__(self, *args):
        while self.contexts:
            self.contexts.pop().__exit__(*args)
        return False
