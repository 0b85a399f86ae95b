"""Runs a model in the user's own PyTorch: counts it with PyTorch's own counter, times it, and says where the time goes.

Reads its job as one line of JSON, tells events as lines of JSON, waits for "go" before it measures. Whatever the user's
code prints goes to stderr.
"""

import importlib
import importlib.util
import json
import os
import statistics
import sys
import threading
import time
import traceback

OUT = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)
JOB = json.loads(sys.stdin.readline())
OUT_OF_MEMORY = 77


def tell(event, **more):
    OUT.write(json.dumps({"event": event, **more}) + "\n")
    OUT.flush()


class Stop(Exception):
    pass


def stop(code, error):
    tell("error", code=code, message=f"{type(error).__name__}: {error}", traceback=traceback.format_exc())
    raise Stop from error


def guard_memory(limit):
    """Ends this process, and not the editor's, when memory runs short."""
    try:
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
        page = os.sysconf("SC_PAGE_SIZE")
        open("/proc/self/statm").close()
    except OSError:
        return

    def watch():
        while True:
            with open("/proc/self/statm") as file:
                if int(file.read().split()[1]) * page > limit:
                    os._exit(OUT_OF_MEMORY)
            time.sleep(0.2)

    threading.Thread(target=watch, daemon=True).start()


def load_module(path, search):
    """The file as its own project would import it, so that relative imports work."""
    folder, name = os.path.split(os.path.abspath(path))
    parts = [os.path.splitext(name)[0]]
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    # What the project reads by a relative path lies beside its code.
    os.chdir(folder)
    sys.path[:0] = [folder, *search]
    if len(parts) > 1:
        return importlib.import_module(".".join(parts))
    spec = importlib.util.spec_from_file_location(parts[0], path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[parts[0]] = module
    spec.loader.exec_module(module)
    return module


def pick_device(torch, wanted):
    if wanted == "auto":
        mps = getattr(torch.backends, "mps", None)
        return "cuda" if torch.cuda.is_available() else "mps" if mps is not None and mps.is_available() else "cpu"
    return wanted


def make_input(torch, given, device):
    dtype = getattr(torch, given["dtype"])
    shape = given["dims"]
    value = given.get("value")
    if isinstance(value, list):
        return torch.tensor(value, dtype=dtype, device=device).reshape(shape)
    if value is not None:
        return torch.full(shape, value, dtype=dtype, device=device)
    if dtype.is_floating_point:
        return torch.randn(shape, dtype=torch.float32, device=device).to(dtype)
    if dtype == torch.bool:
        return torch.ones(shape, dtype=dtype, device=device)
    return torch.randint(1, 10, shape, dtype=dtype, device=device)


def bind(model, inputs):
    """By name where `forward` has parameters of these names, else in order."""
    import inspect

    try:
        names = set(inspect.signature(model.forward).parameters)
    except (TypeError, ValueError):
        names = set()
    if inputs and all(name in names for name, _ in inputs):
        return (), dict(inputs)
    return tuple(tensor for _, tensor in inputs), {}


def count_flops(torch, run):
    try:
        from torch.utils.flop_counter import FlopCounterMode
    except ImportError:
        return None
    counter = FlopCounterMode(display=False)
    with counter:
        run()
    return counter.get_total_flops()


def process_memory():
    try:
        import resource
    except ImportError:
        return None
    # Kilobytes, but bytes on macOS.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def shapes(result):
    if hasattr(result, "shape") and hasattr(result, "dtype"):
        return [f"{str(result.dtype).replace('torch.', '')}[{','.join(str(int(size)) for size in result.shape)}]"]
    if isinstance(result, dict) or hasattr(result, "values") and hasattr(result, "keys"):
        result = list(result.values())
    if isinstance(result, (list, tuple)):
        return [text for part in result for text in shapes(part)]
    return []


class ModuleTimes:
    """Time of each module's own work: its call less those of the modules inside."""

    def __init__(self, model, synchronize):
        self.stack, self.own, self.handles = [], {}, []
        self.synchronize = synchronize
        for path, module in model.named_modules():
            self.handles.append(module.register_forward_pre_hook(self.enter))
            self.handles.append(module.register_forward_hook(self.leave(path)))

    def enter(self, *_):
        self.synchronize()
        self.stack.append([time.perf_counter(), 0.0])

    def leave(self, path):
        def hook(*_):
            self.synchronize()
            began, inside = self.stack.pop()
            spent = time.perf_counter() - began
            self.own[path] = self.own.get(path, 0.0) + spent - inside
            if self.stack:
                self.stack[-1][1] += spent

        return hook

    def close(self):
        for handle in self.handles:
            handle.remove()


def measure(run, seconds):
    """Windows of about a second without a pause."""
    began, windows, fastest, slowest, times_all = time.perf_counter(), [], float("inf"), 0.0, []
    length = min(1.0, seconds / 10)
    worked = time.process_time()
    while not windows or time.perf_counter() - began < seconds or (len(windows) < 6 and time.perf_counter() - began < 2 * seconds):
        start = last = time.perf_counter()
        times = []
        while not times or last - start < length:
            run()
            now = time.perf_counter()
            times.append(now - last)
            last = now
        windows.append({"seconds": last - start, "runs": len(times), "medianS": statistics.median(times)})
        fastest, slowest = min(fastest, *times), max(slowest, *times)
        times_all.append(sorted(times)[int(0.95 * (len(times) - 1))])
        tell("window", seconds=last - began, latencyS=statistics.median(w["medianS"] for w in windows))
    return {
        "windows": windows,
        "runs": sum(window["runs"] for window in windows),
        "seconds": time.perf_counter() - began,
        "cpuS": time.process_time() - worked,
        "fastestS": fastest,
        "slowestS": slowest,
        "p95S": statistics.median(times_all),
    }


def warm_up(run, most):
    began, times = time.perf_counter(), []
    while not times or time.perf_counter() - began < most:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
        if len(times) >= 9 and time.perf_counter() - began > 0.3:
            third = len(times) // 3
            last, before = statistics.median(times[-third:]), statistics.median(times[-2 * third : -third])
            if abs(last - before) <= 0.02 * last:
                return True
    return False


def work(torch):
    tell("stage", stage="importing")
    try:
        module = load_module(JOB["file"], JOB["search"])
    except BaseException as error:
        stop("import", error)
    tell("stage", stage="building")
    if not hasattr(module, JOB["model"]):
        stop("no-model", AttributeError(f"{JOB['file']} has no {JOB['model']}"))
    device = pick_device(torch, JOB["device"])
    try:
        model = eval(f"{JOB['model']}({JOB['args']})", vars(module))
    except BaseException as error:
        stop("arguments" if isinstance(error, TypeError) else "build", error)
    if not isinstance(model, torch.nn.Module):
        stop("no-model", TypeError(f"{JOB['model']} makes a {type(model).__name__}, not a module"))
    torch.manual_seed(0)
    synchronize = {"cuda": lambda: torch.cuda.synchronize(), "mps": lambda: torch.mps.synchronize()}.get(device, lambda: None)
    try:
        model = model.to(device).eval()
        inputs = [(given["name"], make_input(torch, given, device)) for given in JOB["inputs"]]
        args, kwargs = bind(model, inputs)

        def forward():
            with torch.no_grad():
                result = model(*args, **kwargs)
            synchronize()
            return result

        tell("stage", stage="firstRun")
        outputs = shapes(forward())
        flops = count_flops(torch, forward)
        tell("stage", stage="warmingUp")
        steady = warm_up(forward, max(1.0, 0.3 * JOB["seconds"]))
        if device == "cuda":
            torch.cuda.reset_peak_memory_stats()
        tell("ready")
        if sys.stdin.readline().strip() != "go":
            raise Stop
        measured = measure(forward, JOB["seconds"])
        tell("measured")
        peak = torch.cuda.max_memory_allocated() if device == "cuda" else process_memory()
        tell("stage", stage="tracing")
        times = ModuleTimes(model, synchronize)
        began, traced = time.perf_counter(), 0
        while traced < 3 or time.perf_counter() - began < 0.1 * JOB["seconds"]:
            forward()
            traced += 1
        times.close()
        backward = None
        if JOB["backward"]:
            tell("stage", stage="backward")
            backward = time_backward(torch, model, args, kwargs, synchronize, JOB["seconds"])
    except Stop:
        raise
    except BaseException as error:
        text = f"{type(error).__name__} {error}".lower()
        memory = isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text
        stop("out-of-memory" if memory else "forward", error)
    tell(
        "result",
        torch=torch.__version__,
        device=device,
        deviceName=torch.cuda.get_device_name() if device == "cuda" else None,
        threads=torch.get_num_threads() if device == "cpu" else None,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        flops=flops,
        outputs=outputs,
        steady=steady,
        peakBytes=peak,
        backward=backward,
        modules=[{"path": path, "selfS": own / traced} for path, own in times.own.items()],
        **measured,
    )


def time_backward(torch, model, args, kwargs, synchronize, seconds):
    """Median of forward and backward together, in training mode."""
    model.train()

    def floats(result):
        if isinstance(result, torch.Tensor):
            return [result] if result.is_floating_point() and result.requires_grad else []
        parts = result.values() if hasattr(result, "values") and not isinstance(result, torch.Tensor) else result
        return [tensor for part in parts for tensor in floats(part)] if isinstance(parts, (list, tuple)) or hasattr(result, "values") else []

    def step():
        model.zero_grad(set_to_none=True)
        sum(tensor.sum() for tensor in floats(model(*args, **kwargs))).backward()
        synchronize()

    step()
    times, began = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - began < 0.3 * seconds:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return {"runs": len(times), "medianS": statistics.median(times), "low": min(times), "high": max(times)}


def main():
    guard_memory(JOB["memoryLimitBytes"])
    try:
        import torch
    except BaseException as error:
        stop("no-torch", error)
    work(torch)


try:
    main()
except Stop:
    sys.exit(3)
