"""Counts one model with real PyTorch: count_case.py CASE OUT, where CASE is a JSON object as .ci/verify/models.mjs has it."""

import importlib
import importlib.util
import json
import pathlib
import re
import sys

import torch

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "test/fixtures/torch"))
from counting import count  # noqa: E402

SPEC = re.compile(r"(?:([\w.]+)=)?(\w+)\[([\d,]*)\](?:=(.+))?")


def tensor_for(spec):
    name, dtype_name, dims, value = SPEC.fullmatch(spec).groups()
    dtype = getattr(torch, dtype_name)
    shape = [int(dim) for dim in dims.split(",") if dim]
    if value is not None:
        number = {"true": 1.0, "false": 0.0}.get(value.lower())
        return name, torch.full(shape, float(value) if number is None else number).to(dtype)
    if dtype.is_floating_point:
        return name, torch.rand(*shape, generator=torch.Generator().manual_seed(0)).to(dtype)
    return name, torch.zeros(*shape, dtype=dtype)


def load(root, file):
    """As part of its package where it lies in one, by its path otherwise."""
    sys.path.insert(0, root)
    parts = list(pathlib.PurePath(file).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    if len(parts) > 1 and pathlib.Path(root, parts[0], "__init__.py").exists():
        return importlib.import_module(".".join(parts))
    path = pathlib.Path(root, file)
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location("counted_case", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["counted_case"] = module
    spec.loader.exec_module(module)
    return module


class Named:
    """The model, called with some inputs by name as well."""

    def __init__(self, model, named):
        self.model = model
        self.named = named

    def __getattr__(self, name):
        return getattr(self.model, name)

    def __call__(self, *inputs):
        return self.model(*inputs, **self.named)


def main(text, out):
    case = json.loads(text)
    torch.backends.mkldnn.enabled = False
    torch.manual_seed(0)
    sys.path[:0] = case.get("search", [])
    module = load(case["root"], case["file"])
    model = eval(f"{case['model']}({case.get('args', '')})", module.__dict__).eval()
    positional, named = [], {}
    for name, tensor in map(tensor_for, case["inputs"]):
        if name is None:
            positional.append(tensor)
        elif re.search(r"\.\d+$", name):
            whole = name.rpartition(".")[0]
            named[whole] = (*named.get(whole, ()), tensor)
        else:
            named[name] = tensor
    counts = count(Named(model, named) if named else model, positional, layers=False)
    pathlib.Path(out).write_text(json.dumps(counts))


main(*sys.argv[1:])
