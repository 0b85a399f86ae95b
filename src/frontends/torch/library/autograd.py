# Custom functions run their forward. Nothing here differentiates.


class FunctionCtx:
    needs_input_grad = (False, False, False, False, False, False, False, False)

    def save_for_backward(self, *tensors):
        pass

    def mark_dirty(self, *args):
        pass

    def mark_non_differentiable(self, *args):
        pass

    def set_materialize_grads(self, value):
        pass


class Function(FunctionCtx):
    @classmethod
    def apply(cls, *args, **kwargs):
        ctx = FunctionCtx()
        return cls.forward(ctx, *args, **kwargs)


def once_differentiable(fn):
    return fn


# Tensors and variables were two things once.
def Variable(data, requires_grad=False, volatile=False):
    return data
