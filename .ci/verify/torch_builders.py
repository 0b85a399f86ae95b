"""Counts every builder of the installed torchvision with real PyTorch and writes the rows as JSON to the given file.

Detection models are counted too, but what they do after their heads depends on the data.
"""

import inspect
import json
import pathlib
import sys

import torch
import torchvision

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "test/fixtures/torch"))
from counting import count  # noqa: E402

SIDES = {"inception_v3": 299, "ssd300_vgg16": 300, "ssdlite320_mobilenet_v3_large": 320}
PLAIN = {"inception_v3": {"init_weights": False}, "googlenet": {"init_weights": False}}


def task_of(module):
    parts = module.split(".")[2:]
    return parts[0] if parts[0] in ("detection", "segmentation", "video", "optical_flow", "quantization") else "classification"


def builders():
    if hasattr(torchvision.models, "list_models"):
        from torchvision.models import get_model_builder, list_models

        for name in list_models():
            yield get_model_builder(name)


def inputs_for(builder, task):
    name = builder.__name__
    if task == "optical_flow":
        return [[1, 3, 520, 960]] * 2
    if task == "video":
        side = 224 if name.startswith(("mvit", "s3d", "swin3d")) else 112
        return [[1, 3, 16, side, side]]
    if task == "segmentation":
        return [[1, 3, 520, 520]]
    if task == "detection":
        side = SIDES.get(name, 320 if "_320_" in name else 800)
        return [[3, side, side]]
    return [[1, 3, SIDES.get(name, 224), SIDES.get(name, 224)]]


def row_for(builder):
    builder = inspect.unwrap(builder)
    task = task_of(builder.__module__)
    shapes = inputs_for(builder, task)
    kwargs = dict(PLAIN.get(builder.__name__, {}))
    extra = {"weights_backbone": None} if task in ("detection", "segmentation") else {}
    model = builder(weights=None, **kwargs, **extra)
    tensors = [torch.rand(*shape) for shape in shapes]
    counts = count(model, [tensors] if task == "detection" else tensors, layers=False)
    shapes_out = [[int(d) for d in text.partition("[")[2][:-1].split(",") if d] for text in counts["outputs"]]
    return {
        "task": task,
        "builder": builder.__name__,
        "file": str(pathlib.Path(inspect.getfile(builder)).relative_to(pathlib.Path(torchvision.__path__[0]).parent)),
        "kwargs": kwargs,
        "input": shapes,
        "params": counts["parameters"],
        "params_trainable": counts["trainableParameters"],
        "buffers": counts["bufferElements"],
        "macs": counts["macs"],
        "outputs": shapes_out,
        "peak_live_bytes_infer": counts["peakActivationBytes"],
    }


def main(target):
    """Writes after every builder, beside the target: what broke off goes on where it was."""
    part = pathlib.Path(target + ".part")
    rows = [json.loads(line) for line in part.read_text().splitlines()] if part.exists() else []
    done = {row["builder"] for row in rows}
    with part.open("a") as out:
        for builder in builders():
            if task_of(builder.__module__) == "quantization" or inspect.unwrap(builder).__name__ in done:
                continue
            row = row_for(builder)
            rows.append(row)
            print(json.dumps(row), file=out, flush=True)
            print(row["builder"], row["params"], row["macs"], flush=True)
    pathlib.Path(target).write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    part.unlink()


main(sys.argv[1])
