"""Builds one model with real PyTorch, gives it ordinary random weights, and writes down what it computes.

    python torch_values.py JOB.json

The job: {"file", "model", "kwargs", "inputs": ["float32[1,3,8,8]", …], "search": [folders], "folder"}. Into the folder go
torch.bin (all parameters and buffers one after the other), weights.json (name → offset, bytes), input0.bin …, torch0.bin …,
and outputs.json (their types in order).
"""

import importlib
import importlib.util
import json
import pathlib
import re
import sys

import torch

TOP_TOKEN = 40


def load(path, search):
    sys.path[:0] = [str(folder) for folder in search]
    path = pathlib.Path(path)
    for folder in map(pathlib.Path, search):
        if folder in path.parents:
            return importlib.import_module(".".join(path.relative_to(folder).with_suffix("").parts))
    spec = importlib.util.spec_from_file_location("modelwatt_case", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def make(spec):
    dtype, sizes = re.fullmatch(r"(\w+)\[([\d,]*)\]", spec).groups()
    shape = [int(size) for size in sizes.split(",") if size]
    if dtype.startswith("int"):
        return torch.randint(1, TOP_TOKEN, shape, dtype=getattr(torch, dtype))
    return torch.randn(shape).to(getattr(torch, dtype))


@torch.no_grad()
def shake(model):
    """Constant weights (ones of a norm, layer scales of 1e-6) would hide mistakes: they become ordinary values."""
    for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
        last = name.rsplit(".", 1)[-1]
        if not tensor.is_floating_point() or tensor.numel() == 0:
            continue
        if last == "running_mean" or (last.startswith("bias") and tensor.dim() == 1):
            tensor.normal_(0, 0.1)
        elif last == "running_var":
            tensor.uniform_(0.5, 1.5)
        elif isinstance(tensor, torch.nn.Parameter) and bool((tensor == tensor.flatten()[0]).all()):
            if abs(float(tensor.flatten()[0])) < 0.5:
                tensor.uniform_(-0.2, 0.2)
            else:
                tensor.uniform_(0.5, 1.5)


def flat(result):
    if isinstance(result, torch.Tensor):
        return [result]
    if isinstance(result, dict):
        result = result.values()
    elif not isinstance(result, (tuple, list)):
        return []
    return [tensor for part in result for tensor in flat(part)]


def raw(tensor):
    return tensor.detach().contiguous().numpy().tobytes()


def main(job_path):
    job = json.loads(pathlib.Path(job_path).read_text())
    folder = pathlib.Path(job["folder"])
    torch.manual_seed(3)
    torch.set_num_threads(1)
    model = getattr(load(job["file"], job.get("search", [])), job["model"])(**job.get("kwargs", {})).eval()
    shake(model)
    inputs = [make(spec) for spec in job["inputs"]]
    index, offset = {}, 0
    # A shared tensor under each of its names.
    names = [
        (f"{path}.{name}" if path else name, tensor)
        for path, module in model.named_modules(remove_duplicate=False)
        for name, tensor in [*module._parameters.items(), *module._buffers.items()]
        if tensor is not None
    ]
    with (folder / "torch.bin").open("wb") as out:
        for name, tensor in names:
            data = raw(tensor)
            index[name] = {"offset": offset, "bytes": len(data)}
            out.write(data)
            offset += len(data)
    (folder / "weights.json").write_text(json.dumps(index))
    with torch.no_grad():
        outputs = flat(model(*inputs))
    for number, tensor in enumerate(inputs):
        (folder / f"input{number}.bin").write_bytes(raw(tensor))
    for number, tensor in enumerate(outputs):
        (folder / f"torch{number}.bin").write_bytes(raw(tensor))
    types = [f"{str(t.dtype).removeprefix('torch.')}[{','.join(map(str, t.shape))}]" for t in outputs]
    (folder / "outputs.json").write_text(json.dumps(types))


main(sys.argv[1])
