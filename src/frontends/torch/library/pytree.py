# Nested containers as a list of their leaves and what puts them together again.


class TreeSpec:
    def __init__(self, build, count):
        self.build = build
        self.num_leaves = count


class _Leaf(TreeSpec):
    def __init__(self):
        super().__init__(lambda leaves: leaves[0], 1)


def _parts(tree):
    if isinstance(tree, tuple) and hasattr(tree, '_fields'):
        return list(tree), lambda items: type(tree)(*items)
    if isinstance(tree, (list, tuple)):
        return list(tree), lambda items: type(tree)(items)
    if isinstance(tree, dict):
        keys = list(tree)
        return [tree[key] for key in keys], lambda items: type(tree)(zip(keys, items))
    return None, None


def tree_flatten(tree, is_leaf=None):
    parts, join = _parts(tree) if is_leaf is None or not is_leaf(tree) else (None, None)
    if parts is None:
        return [tree], _Leaf()
    leaves, specs = [], []
    for part in parts:
        below, spec = tree_flatten(part, is_leaf)
        leaves.extend(below)
        specs.append(spec)

    def build(values):
        items, place = [], 0
        for spec in specs:
            items.append(spec.build(values[place : place + spec.num_leaves]))
            place += spec.num_leaves
        return join(items)

    return leaves, TreeSpec(build, len(leaves))


def tree_unflatten(leaves, treespec):
    return treespec.build(list(leaves))


def tree_leaves(tree, is_leaf=None):
    return tree_flatten(tree, is_leaf)[0]


def tree_iter(tree, is_leaf=None):
    return iter(tree_leaves(tree, is_leaf))


def tree_structure(tree, is_leaf=None):
    return tree_flatten(tree, is_leaf)[1]


def tree_map(func, tree, *rests, is_leaf=None):
    leaves, spec = tree_flatten(tree, is_leaf)
    others = [tree_leaves(rest, is_leaf) for rest in rests]
    return spec.build([func(*values) for values in zip(leaves, *others)])


def tree_map_(func, tree, *rests, is_leaf=None):
    tree_map(func, tree, *rests, is_leaf=is_leaf)
    return tree


def tree_map_only(kind, func, tree, is_leaf=None):
    return tree_map(lambda leaf: func(leaf) if isinstance(leaf, kind) else leaf, tree, is_leaf=is_leaf)


def tree_all(pred, tree, is_leaf=None):
    return all(pred(leaf) for leaf in tree_leaves(tree, is_leaf))


def tree_any(pred, tree, is_leaf=None):
    return any(pred(leaf) for leaf in tree_leaves(tree, is_leaf))


def register_pytree_node(*args, **kwargs):
    pass


def _register_pytree_node(*args, **kwargs):
    pass


def register_dataclass(*args, **kwargs):
    pass
