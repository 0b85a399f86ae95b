# Helpers that repeat one number per axis.


def _ntuple(n, name='parse'):
    def parse(x):
        if isinstance(x, (str, bytes)) or not hasattr(x, '__iter__'):
            return (x,) * n
        return tuple(x)

    return parse


_single = _ntuple(1)
_pair = _ntuple(2)
_triple = _ntuple(3)
_quadruple = _ntuple(4)


def _reverse_repeat_tuple(t, n):
    return tuple(x for x in reversed(t) for _ in range(n))


def _list_with_default(out_size, defaults):
    if isinstance(out_size, int):
        return out_size
    return [v if v is not None else d for v, d in zip(out_size, defaults[-len(out_size):])]


def consume_prefix_in_state_dict_if_present(state_dict, prefix):
    pass
