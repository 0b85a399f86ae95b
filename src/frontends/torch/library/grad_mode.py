# Switches that change nothing in a forward: contexts and decorators that only run what they hold.


class _Switch:
    def __init__(self, *args, **kwargs):
        self.function = args[0] if len(args) == 1 and callable(args[0]) else None

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return False

    def __call__(self, *args, **kwargs):
        if self.function is not None:
            return self.function(*args, **kwargs)
        return args[0]

    def __get__(self, instance, owner):
        return self.function.__get__(instance, owner)


class no_grad(_Switch):
    pass


class enable_grad(_Switch):
    pass


class inference_mode(_Switch):
    pass


class set_grad_enabled(_Switch):
    pass


class detect_anomaly(_Switch):
    pass


class set_detect_anomaly(_Switch):
    pass


class profile(_Switch):
    pass


class record_function(_Switch):
    pass
