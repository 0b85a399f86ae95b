# einops: rearrangements, reductions and contractions that are written as patterns.
import torch


class EinopsError(RuntimeError):
    pass


_ELLIPSIS = '…'
_GROUPED = '(…)'


def _parse(side, mark=''):
    """Groups of axis names; an axis outside of parentheses is a group of its own. Numbers are axes without names."""
    groups = []
    inside = None
    numbered = 0
    for word in side.replace('(', ' ( ').replace(')', ' ) ').replace('...', f' {_ELLIPSIS} ').split():
        if word == '(':
            if inside is not None:
                raise EinopsError('parentheses cannot be nested')
            inside = []
        elif word == ')':
            if inside is None:
                raise EinopsError('brackets are not balanced')
            groups.append(inside)
            inside = None
        else:
            if word.isdigit():
                numbered += 1
                axis = [] if word == '1' else [f'{word}@{mark}{numbered}']
            else:
                axis = [word]
            if inside is None:
                groups.append(axis)
            else:
                inside.extend([_GROUPED] if axis == [_ELLIPSIS] else axis)
    if inside is not None:
        raise EinopsError('brackets are not balanced')
    return groups


def _sides(pattern):
    left, arrow, right = pattern.partition('->')
    if not arrow:
        raise EinopsError(f'the pattern {pattern!r} has no arrow')
    return _parse(left, 'left'), _parse(right, 'right')


def _names(groups):
    return [name for group in groups for name in group]


def _spread(groups, count):
    """Puts as many axes in the place of the ellipsis as the tensor has there."""
    axes = [f'{_ELLIPSIS}{index}' for index in range(count)]
    spread = []
    for group in groups:
        if group == [_ELLIPSIS]:
            spread.extend([axis] for axis in axes)
        else:
            spread.append([name for word in group for name in (axes if word == _GROUPED else [word])])
    return spread


def _sizes(groups, shape, given):
    sizes = dict(given)
    for group, size in zip(groups, shape):
        known, open_axis = 1, None
        for name in group:
            if '@' in name:
                sizes[name] = int(name.split('@')[0])
            if name in sizes:
                known *= sizes[name]
            elif open_axis is None:
                open_axis = name
            else:
                raise EinopsError(f'the sizes of {open_axis} and {name} cannot both be found')
        if open_axis is None:
            if known != size:
                raise EinopsError(f'the shape does not fit: an axis is {size} long, not {known}')
        elif known == 1:
            sizes[open_axis] = size
        else:
            if size % known != 0:
                raise EinopsError(f'an axis of {size} cannot be divided in parts of {known}')
            sizes[open_axis] = size // known
    return sizes


def _reduced(tensor, how, axes):
    if not isinstance(how, str):
        return how(tensor, tuple(axes))
    if how == 'min':
        return tensor.amin(axes)
    if how == 'max':
        return tensor.amax(axes)
    if how == 'sum':
        return tensor.sum(axes)
    if how == 'mean':
        return tensor.mean(axes)
    if how in ('any', 'all', 'prod'):
        for axis in reversed(axes):
            tensor = getattr(tensor, how)(dim=axis)
        return tensor
    raise EinopsError(f'unknown reduction {how}')


def _apply(tensor, pattern, how, given):
    if isinstance(tensor, (list, tuple)):
        tensor = torch.stack(list(tensor))
    left, right = _sides(pattern)
    count = len(tensor.shape) - len(left)
    if [_ELLIPSIS] in left:
        count += 1
    elif count != 0 or _GROUPED in _names(left):
        raise EinopsError(f'a tensor of {len(tensor.shape)} axes does not fit the pattern {pattern!r}')
    left, right = _spread(left, count), _spread(right, count)
    sources, targets = _names(left), _names(right)
    sizes = _sizes(left, tensor.shape, given)
    for name in targets:
        if '@' in name:
            sizes[name] = int(name.split('@')[0])
    if how == 'rearrange' and set(sources) != set(targets):
        raise EinopsError(f'the axes on both sides of {pattern!r} differ')
    if how not in ('rearrange', 'repeat') and any(name not in sources for name in targets):
        raise EinopsError(f'an axis of the result of {pattern!r} is not in the tensor')
    if len(sources) != len(left) or any(len(group) != 1 for group in left):
        tensor = tensor.reshape([sizes[name] for name in sources])
    kept = [name for name in targets if name in sources]
    gone = [name for name in sources if name not in targets]
    order = [sources.index(name) for name in kept + gone]
    if order != list(range(len(order))):
        tensor = tensor.permute(order)
    if gone:
        tensor = _reduced(tensor, how, list(range(len(kept), len(sources))))
    if len(targets) > len(kept):
        lengths = []
        for place, name in enumerate(targets):
            if name not in sources:
                tensor = tensor.unsqueeze(place)
                lengths.append(sizes[name])
            else:
                lengths.append(-1)
        tensor = tensor.expand(lengths)
    if any(len(group) != 1 for group in right):
        tensor = tensor.reshape([_product([sizes[name] for name in group]) for group in right])
    return tensor


def _product(numbers):
    result = 1
    for number in numbers:
        result *= number
    return result


def rearrange(tensor, pattern, **axes_lengths):
    return _apply(tensor, pattern, 'rearrange', axes_lengths)


def reduce(tensor, pattern, reduction, **axes_lengths):
    return _apply(tensor, pattern, reduction, axes_lengths)


def repeat(tensor, pattern, **axes_lengths):
    return _apply(tensor, pattern, 'repeat', axes_lengths)


def parse_shape(x, pattern):
    groups = _parse(pattern)
    if [_ELLIPSIS] in groups:
        groups = _spread(groups, len(x.shape) - len(groups) + 1)
    return {
        group[0]: size
        for group, size in zip(groups, x.shape)
        if group and group[0] != '_' and not group[0].startswith(_ELLIPSIS)
    }


def _letters(pattern):
    """Names of axes become letters, as torch.einsum wants them."""
    letters = {}
    text = ''
    for part in pattern.replace('->', ' > ').replace(',', ' , ').replace('...', f' {_ELLIPSIS} ').split():
        if part == '>':
            text += '->'
        elif part == ',':
            text += ','
        elif part == _ELLIPSIS:
            text += '...'
        else:
            if part not in letters:
                letters[part] = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'[len(letters)]
            text += letters[part]
    return text


def einsum(*tensors_and_pattern):
    *tensors, pattern = tensors_and_pattern
    return torch.einsum(_letters(pattern), *tensors)


def _packing(pattern):
    names = pattern.split()
    if '*' not in names:
        raise EinopsError(f'the pattern {pattern!r} has no *')
    before = names.index('*')
    return before, len(names) - before - 1


def pack(tensors, pattern):
    before, after = _packing(pattern)
    shapes, flat = [], []
    for tensor in tensors:
        shape = list(tensor.shape)
        end = len(shape) - after
        shapes.append(torch.Size(shape[before:end]))
        flat.append(tensor.reshape([*shape[:before], -1, *shape[end:]]))
    return torch.cat(flat, dim=before), shapes


def unpack(tensor, packed_shapes, pattern):
    before, after = _packing(pattern)
    shape = list(tensor.shape)
    lengths = [-1 if -1 in packed else _product(packed) for packed in packed_shapes]
    if -1 in lengths:
        rest = shape[before] - sum(length for length in lengths if length != -1)
        lengths = [rest if length == -1 else length for length in lengths]
    parts = []
    start = 0
    for length, packed in zip(lengths, packed_shapes):
        part = tensor[(slice(None),) * before + (slice(start, start + length),)]
        parts.append(part.reshape([*shape[:before], *packed, *shape[before + 1:]]))
        start += length
    return parts


def asnumpy(tensor):
    return tensor.detach().cpu().numpy()
