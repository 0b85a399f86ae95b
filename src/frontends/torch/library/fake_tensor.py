# Tensors that PyTorch itself propagates without data: none comes from outside.


class FakeTensor:
    pass


class FakeTensorMode:
    pass
