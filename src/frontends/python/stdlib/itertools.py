# Iterators over iterators.


class chain:
    def __init__(self, *iterables):
        self._items = _flat(iterables)

    def __iter__(self):
        return self._items

    def __next__(self):
        return next(self._items)

    @classmethod
    def from_iterable(cls, iterables):
        return _flat(iterables)


def _flat(iterables):
    for iterable in iterables:
        yield from iterable


def product(*iterables, repeat=1):
    pools = [tuple(iterable) for iterable in iterables] * repeat
    rows = [()]
    for pool in pools:
        rows = [row + (item,) for row in rows for item in pool]
    return iter(rows)


def repeat(value, times=None):
    if times is None:
        while True:
            yield value
    for _ in range(times):
        yield value


def count(start=0, step=1):
    while True:
        yield start
        start += step


def cycle(iterable):
    items = list(iterable)
    while items:
        yield from items


def islice(iterable, *bounds):
    start, stop, step = (0, bounds[0], 1) if len(bounds) == 1 else (bounds[0] or 0, bounds[1], bounds[2] if len(bounds) > 2 else 1)
    step = step or 1
    index = 0
    if stop is not None and stop <= 0:
        return
    for item in iterable:
        if index >= start and (index - start) % step == 0:
            yield item
        index += 1
        if stop is not None and index >= stop:
            return


def zip_longest(*iterables, fillvalue=None):
    lists = [list(iterable) for iterable in iterables]
    for index in range(max((len(items) for items in lists), default=0)):
        yield tuple(items[index] if index < len(items) else fillvalue for items in lists)


def accumulate(iterable, func=None, *, initial=None):
    total = initial
    first = initial is None
    if not first:
        yield total
    for item in iterable:
        if first:
            total, first = item, False
        else:
            total = total + item if func is None else func(total, item)
        yield total


def starmap(function, iterable):
    for args in iterable:
        yield function(*args)


def takewhile(predicate, iterable):
    for item in iterable:
        if not predicate(item):
            return
        yield item


def dropwhile(predicate, iterable):
    dropping = True
    for item in iterable:
        dropping = dropping and predicate(item)
        if not dropping:
            yield item


def filterfalse(predicate, iterable):
    for item in iterable:
        if not (predicate(item) if predicate is not None else item):
            yield item


def compress(data, selectors):
    for item, chosen in zip(data, selectors):
        if chosen:
            yield item


def pairwise(iterable):
    items = list(iterable)
    return zip(items, items[1:])


def tee(iterable, n=2):
    items = list(iterable)
    return tuple(iter(items) for _ in range(n))


def combinations(iterable, r):
    pool = tuple(iterable)
    if r == 0:
        yield ()
        return
    for index, item in enumerate(pool):
        for rest in combinations(pool[index + 1:], r - 1):
            yield (item,) + rest


def combinations_with_replacement(iterable, r):
    pool = tuple(iterable)
    if r == 0:
        yield ()
        return
    for index, item in enumerate(pool):
        for rest in combinations_with_replacement(pool[index:], r - 1):
            yield (item,) + rest


def permutations(iterable, r=None):
    pool = tuple(iterable)
    r = len(pool) if r is None else r
    if r == 0:
        yield ()
        return
    for index, item in enumerate(pool):
        for rest in permutations(pool[:index] + pool[index + 1:], r - 1):
            yield (item,) + rest


def groupby(iterable, key=None):
    groups = []
    for item in iterable:
        mark = item if key is None else key(item)
        if groups and groups[-1][0] == mark:
            groups[-1][1].append(item)
        else:
            groups.append((mark, [item]))
    for mark, items in groups:
        yield mark, iter(items)
