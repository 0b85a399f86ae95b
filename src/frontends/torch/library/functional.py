# Functions that PyTorch composes from others. What has an op entry of its own is not here.
import math

import torch
import torch.nn.functional as F


def gumbel_softmax(logits, tau=1, hard=False, eps=1e-10, dim=-1):
    gumbels = -torch.empty_like(logits).exponential_().log()
    y_soft = ((logits + gumbels) / tau).softmax(dim)
    if not hard:
        return y_soft
    index = y_soft.max(dim, keepdim=True)[1]
    y_hard = torch.zeros_like(logits).scatter_(dim, index, 1.0)
    return y_hard - y_soft.detach() + y_soft


def cosine_similarity(x1, x2, dim=1, eps=1e-8):
    x1, x2 = torch.broadcast_tensors(x1, x2)
    return (F.normalize(x1, 2.0, dim, eps) * F.normalize(x2, 2.0, dim, eps)).sum(dim)


def pairwise_distance(x1, x2, p=2.0, eps=1e-6, keepdim=False):
    return torch.norm(x1 - x2 + eps, p, -1, keepdim)


def _reduced(loss, reduction):
    if reduction == 'mean':
        return loss.mean()
    return loss.sum() if reduction == 'sum' else loss


def mse_loss(input, target, size_average=None, reduce=None, reduction='mean', weight=None):
    return _reduced((input - target) ** 2, reduction)


def l1_loss(input, target, size_average=None, reduce=None, reduction='mean', weight=None):
    return _reduced((input - target).abs(), reduction)


def smooth_l1_loss(input, target, size_average=None, reduce=None, reduction='mean', beta=1.0):
    diff = (input - target).abs()
    return _reduced(torch.where(diff < beta, 0.5 * diff**2 / beta, diff - 0.5 * beta), reduction)


def huber_loss(input, target, reduction='mean', delta=1.0, weight=None):
    diff = (input - target).abs()
    return _reduced(torch.where(diff < delta, 0.5 * diff**2, delta * (diff - 0.5 * delta)), reduction)


def nll_loss(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'):
    return _reduced(-input.gather(1 if input.dim() > 1 else 0, target.unsqueeze(1)).squeeze(1), reduction)


def cross_entropy(input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', label_smoothing=0.0):
    dim = 1 if input.dim() > 1 else 0
    logs = F.log_softmax(input, dim)
    if target.is_floating_point():
        return _reduced(-(logs * target).sum(dim), reduction)
    return nll_loss(logs, target, weight, reduction=reduction)


def binary_cross_entropy(input, target, weight=None, size_average=None, reduce=None, reduction='mean'):
    return _reduced(-(target * torch.log(input) + (1 - target) * torch.log(1 - input)), reduction)


def binary_cross_entropy_with_logits(input, target, weight=None, size_average=None, reduce=None, reduction='mean', pos_weight=None):
    return _reduced((1 - target) * input - F.logsigmoid(input), reduction)


def kl_div(input, target, size_average=None, reduce=None, reduction='mean', log_target=False):
    loss = torch.exp(target) * (target - input) if log_target else target * (torch.log(target) - input)
    if reduction == 'batchmean':
        return loss.sum() / input.size(0)
    return _reduced(loss, reduction)


def poisson_nll_loss(input, target, log_input=True, full=False, size_average=None, eps=1e-8, reduce=None, reduction='mean'):
    loss = torch.exp(input) - target * input if log_input else input - target * torch.log(input + eps)
    return _reduced(loss, reduction)


def gaussian_nll_loss(input, target, var, full=False, eps=1e-6, reduction='mean'):
    loss = 0.5 * (torch.log(var) + (input - target) ** 2 / var)
    return _reduced(loss + 0.5 * math.log(2 * math.pi) if full else loss, reduction)


def hinge_embedding_loss(input, target, margin=1.0, size_average=None, reduce=None, reduction='mean'):
    return _reduced(torch.where(target == 1, input, torch.clamp(margin - input, min=0)), reduction)


def margin_ranking_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction='mean'):
    return _reduced(torch.clamp(-target * (input1 - input2) + margin, min=0), reduction)


def soft_margin_loss(input, target, size_average=None, reduce=None, reduction='mean'):
    return _reduced(torch.log(1 + torch.exp(-target * input)), reduction)


def cosine_embedding_loss(input1, input2, target, margin=0, size_average=None, reduce=None, reduction='mean'):
    cos = cosine_similarity(input1, input2)
    return _reduced(torch.where(target == 1, 1 - cos, torch.clamp(cos - margin, min=0)), reduction)


def triplet_margin_loss(anchor, positive, negative, margin=1.0, p=2, eps=1e-6, swap=False, size_average=None, reduce=None, reduction='mean'):
    near = pairwise_distance(anchor, positive, p, eps)
    far = pairwise_distance(anchor, negative, p, eps)
    return _reduced(torch.clamp(near - far + margin, min=0), reduction)
