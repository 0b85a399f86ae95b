# Builds a model of torchvision, counts it with a tool, and prints the counts: what a user of that tool waits for.
#   python peers.py torch|fvcore|ptflops MODEL     prints one line of JSON, or {"missing": NAME}
import importlib.util
import json
import sys
import warnings

warnings.filterwarnings('ignore')
tool, name = sys.argv[1:]
needed = {'torch': ['torch', 'torchvision'], 'fvcore': ['torchvision', 'fvcore'], 'ptflops': ['torchvision', 'ptflops']}
missing = [module for module in needed[tool] if importlib.util.find_spec(module) is None]
if missing:
    print(json.dumps({'missing': missing[0]}))
    raise SystemExit

import torch
import torchvision

model = torchvision.models.get_model(name).eval()
parameters = sum(parameter.numel() for parameter in model.parameters())
image = torch.randn(1, 3, 224, 224)
if tool == 'torch':
    from torch.utils.flop_counter import FlopCounterMode

    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(image)
    macs = counter.get_total_flops() // 2
elif tool == 'fvcore':
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(model, image)
    analysis.unsupported_ops_warnings(False)
    analysis.uncalled_modules_warnings(False)
    macs = int(analysis.total())
else:
    from ptflops import get_model_complexity_info

    macs, parameters = get_model_complexity_info(model, (3, 224, 224), as_strings=False, print_per_layer_stat=False, verbose=False)
print(json.dumps({'parameters': int(parameters), 'macs': int(macs)}))
