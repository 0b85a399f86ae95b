# Distributions that policies and variational models put out. What is sampled has no known value.
import math

import torch


class Distribution:
    has_rsample = True

    def __init__(self, batch_shape=(), event_shape=(), validate_args=None):
        self.batch_shape = torch.Size(batch_shape)
        self.event_shape = torch.Size(event_shape)

    def _shape(self, sample_shape):
        return torch.Size(tuple(sample_shape) + tuple(self.batch_shape) + tuple(self.event_shape))

    def sample(self, sample_shape=()):
        return self.rsample(sample_shape)

    def sample_n(self, n):
        return self.sample((n,))

    @property
    def stddev(self):
        return self.variance.sqrt()


def _both(a, b):
    a = a if isinstance(a, torch.Tensor) else torch.tensor(float(a))
    b = b if isinstance(b, torch.Tensor) else torch.tensor(float(b))
    return torch.broadcast_tensors(a, b)


class Normal(Distribution):
    def __init__(self, loc, scale, validate_args=None):
        self.loc, self.scale = _both(loc, scale)
        super().__init__(self.loc.size())

    @property
    def mean(self):
        return self.loc

    @property
    def mode(self):
        return self.loc

    @property
    def stddev(self):
        return self.scale

    @property
    def variance(self):
        return self.scale.pow(2)

    def rsample(self, sample_shape=()):
        return self.loc + torch.randn(self._shape(sample_shape), dtype=self.loc.dtype) * self.scale

    def sample(self, sample_shape=()):
        return torch.randn(self._shape(sample_shape), dtype=self.loc.dtype)

    def log_prob(self, value):
        return -((value - self.loc) ** 2) / (2 * self.scale ** 2) - self.scale.log() - math.log(math.sqrt(2 * math.pi))

    def entropy(self):
        return 0.5 + 0.5 * math.log(2 * math.pi) + torch.log(self.scale)


class Uniform(Distribution):
    def __init__(self, low, high, validate_args=None):
        self.low, self.high = _both(low, high)
        super().__init__(self.low.size())

    @property
    def mean(self):
        return (self.high + self.low) / 2

    def rsample(self, sample_shape=()):
        return self.low + torch.rand(self._shape(sample_shape), dtype=self.low.dtype) * (self.high - self.low)


class Categorical(Distribution):
    def __init__(self, probs=None, logits=None, validate_args=None):
        if logits is not None:
            self.logits = logits - logits.logsumexp(dim=-1, keepdim=True)
            self._probs = None
        else:
            self._probs = probs / probs.sum(-1, keepdim=True)
            self.logits = torch.log(self._probs)
        self._events = self.logits.size(-1)
        super().__init__(self.logits.size()[:-1])

    @property
    def probs(self):
        return torch.softmax(self.logits, dim=-1) if self._probs is None else self._probs

    @property
    def mode(self):
        return self.probs.argmax(dim=-1)

    def sample(self, sample_shape=()):
        shape = self._shape(sample_shape)
        flat = self.probs.reshape(-1, self._events)
        return torch.multinomial(flat, torch.Size(sample_shape).numel(), True).t().reshape(shape)

    def log_prob(self, value):
        return self.logits.gather(-1, value.long().unsqueeze(-1)).squeeze(-1)

    def entropy(self):
        return -(self.logits * self.probs).sum(-1)


class OneHotCategorical(Distribution):
    def __init__(self, probs=None, logits=None, validate_args=None):
        self._categorical = Categorical(probs, logits)
        super().__init__(self._categorical.batch_shape, self._categorical.logits.size()[-1:])

    @property
    def probs(self):
        return self._categorical.probs

    @property
    def logits(self):
        return self._categorical.logits

    def sample(self, sample_shape=()):
        return torch.nn.functional.one_hot(self._categorical.sample(sample_shape), self._categorical._events).to(self.logits)


class Bernoulli(Distribution):
    def __init__(self, probs=None, logits=None, validate_args=None):
        self._probs, self._logits = probs, logits
        super().__init__((probs if probs is not None else logits).size())

    @property
    def probs(self):
        return torch.sigmoid(self._logits) if self._probs is None else self._probs

    @property
    def logits(self):
        return torch.logit(self._probs) if self._logits is None else self._logits

    @property
    def mean(self):
        return self.probs

    def sample(self, sample_shape=()):
        return torch.rand(self._shape(sample_shape), dtype=self.probs.dtype)

    def log_prob(self, value):
        return -torch.nn.functional.binary_cross_entropy_with_logits(self.logits, value, reduction='none')

    def entropy(self):
        return torch.nn.functional.binary_cross_entropy_with_logits(self.logits, self.probs, reduction='none')


class Independent(Distribution):
    def __init__(self, base_distribution, reinterpreted_batch_ndims, validate_args=None):
        self.base_dist, self._summed = base_distribution, reinterpreted_batch_ndims
        cut = len(base_distribution.batch_shape) - reinterpreted_batch_ndims
        super().__init__(base_distribution.batch_shape[:cut], base_distribution.batch_shape[cut:])

    @property
    def mean(self):
        return self.base_dist.mean

    def rsample(self, sample_shape=()):
        return self.base_dist.rsample(sample_shape)

    def sample(self, sample_shape=()):
        return self.base_dist.sample(sample_shape)

    def log_prob(self, value):
        return self.base_dist.log_prob(value).sum(tuple(range(-self._summed, 0)))

    def entropy(self):
        return self.base_dist.entropy().sum(tuple(range(-self._summed, 0)))
