# Helpers around parameters.
import torch


def clip_grad_norm_(parameters, max_norm, norm_type=2.0, error_if_nonfinite=False, foreach=None):
    return torch.zeros(())


def clip_grad_norm(parameters, max_norm, norm_type=2.0):
    return torch.zeros(())


def clip_grad_value_(parameters, clip_value, foreach=None):
    pass


def parameters_to_vector(parameters):
    return torch.cat([parameter.view(-1) for parameter in parameters])


def vector_to_parameters(vec, parameters):
    pass


def skip_init(module_cls, *args, **kwargs):
    return module_cls(*args, **kwargs)
