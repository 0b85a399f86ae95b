/**
 * PyTorch's modules and composite functions in plain Python of our own, which the interpreter runs like user code.
 * They stand in for an installed PyTorch, whose own files are never read. Written from PyTorch's documentation and
 * observed behaviour; what is one op is not here but in src/ops.
 *
 * Only what a model touches is parsed: a name leads to the one file that defines it.
 */
import accelerator from './accelerator.py';
import activation from './activation.py';
import amp from './amp.py';
import attention from './attention.py';
import attentionBackends from './attention_backends.py';
import autograd from './autograd.py';
import batchnorm from './batchnorm.py';
import checkpoint from './checkpoint.py';
import compiler from './compiler.py';
import container from './container.py';
import conv from './conv.py';
import distance from './distance.py';
import distributed from './distributed.py';
import distributions from './distributions.py';
import dropout from './dropout.py';
import einops from './einops.py';
import einopsLayers from './einops_layers.py';
import fakeTensor from './fake_tensor.py';
import flexAttention from './flex_attention.py';
import functional from './functional.py';
import fx from './fx.py';
import gradMode from './grad_mode.py';
import init from './init.py';
import instancenorm from './instancenorm.py';
import jit from './jit.py';
import lazy from './lazy.py';
import linear from './linear.py';
import loss from './loss.py';
import methods from './methods.py';
import moduleBase from './module.py';
import normalization from './normalization.py';
import padding from './padding.py';
import parallel from './parallel.py';
import parametrizations from './parametrizations.py';
import parametrize from './parametrize.py';
import pooling from './pooling.py';
import pytree from './pytree.py';
import rnn from './rnn.py';
import rnnUtils from './rnn_utils.py';
import shaping from './shaping.py';
import sparse from './sparse.py';
import spectralNorm from './spectral_norm.py';
import tensors from './tensors.py';
import torchvisionDrop from './torchvision_drop.py';
import torchvisionExtension from './torchvision_extension.py';
import torchvisionMisc from './torchvision_misc.py';
import transformer from './transformer.py';
import utils from './utils.py';
import utilsModules from './utils_modules.py';
import weightNorm from './weight_norm.py';
import { graphLibrary } from './graphs/index';
import type { LibraryModule } from './row';
import { row } from './row';

export type { LibraryModule } from './row';

const nn = (name: string, text: string): LibraryModule =>
  row(`torch.nn.modules.${name}`, text, ['torch.nn', 'torch.nn.modules']);

export const library: readonly LibraryModule[] = [
  nn('module', moduleBase),
  nn('activation', activation),
  nn('batchnorm', batchnorm),
  nn('container', container),
  nn('conv', conv),
  nn('distance', distance),
  nn('dropout', dropout),
  nn('instancenorm', instancenorm),
  nn('linear', linear),
  nn('loss', loss),
  nn('normalization', normalization),
  nn('padding', padding),
  nn('pooling', pooling),
  nn('rnn', rnn),
  nn('sparse', sparse),
  nn('transformer', transformer),
  // PyTorch has these in several files; their names are found in each.
  row('torch.nn.modules.flatten', shaping, [
    'torch.nn',
    'torch.nn.modules',
    'torch.nn.modules.fold',
    'torch.nn.modules.pixelshuffle',
    'torch.nn.modules.channelshuffle',
    'torch.nn.modules.upsampling',
  ]),
  row('torch.nn.modules.lazy', lazy),
  row('torch.nn.modules.utils', utilsModules),
  row('torch.nn._functions', attention, ['torch.nn.functional']),
  row('torch.nn._composites', functional, ['torch.nn.functional']),
  row('torch.nn.init', init),
  row('torch.nn.utils.weight_norm', weightNorm, ['torch.nn.utils']),
  row('torch.nn.utils.spectral_norm', spectralNorm, ['torch.nn.utils']),
  row('torch.nn.utils.parametrize', parametrize),
  row('torch.nn.utils.parametrizations', parametrizations),
  row('torch.nn.utils.rnn', rnnUtils),
  row('torch.nn.utils.clip_grad', utils, [
    'torch.nn.utils',
    'torch.nn.utils.convert_parameters',
    'torch.nn.utils.init',
  ]),
  row('torch.nn.parallel', parallel, ['torch.nn', 'torch.nn.parallel.distributed', 'torch.nn.parallel.data_parallel']),
  row('torch.distributions', distributions, ['normal', 'uniform', 'categorical', 'one_hot_categorical', 'bernoulli', 'independent', 'distribution'].map(name => `torch.distributions.${name}`)), // prettier-ignore
  row('torch.functional', tensors, ['torch']),
  row('torch._tensor', methods, ['torch.Tensor']),
  row('torch._subclasses.fake_tensor', fakeTensor, ['torch._subclasses']),
  row('torch.fx', fx, ['torch.fx.proxy', 'torch.fx.node', 'torch.fx.graph', 'torch.fx._symbolic_trace']),
  row('torch.jit', jit),
  row('torch.utils.checkpoint', checkpoint),
  row('torch.utils._pytree', pytree),
  row('torch.amp.autocast_mode', amp, [
    'torch',
    'torch.amp',
    'torch.cuda.amp',
    'torch.cuda.amp.autocast_mode',
    'torch.cpu.amp',
  ]),
  row('torch.compiler', compiler, ['torch._dynamo', 'torch._dynamo.decorators', 'torch._dynamo.eval_frame']),
  row('torch.nn.attention', attentionBackends, ['torch.backends.cuda']),
  row('torch.nn.attention.flex_attention', flexAttention),
  row('torch.distributed', distributed, ['torch.distributed.distributed_c10d']),
  row('torch.accelerator', accelerator),
  row('torch.autograd.function', autograd, ['torch.autograd']),
  row('torch.autograd.grad_mode', gradMode, ['torch', 'torch.autograd', 'torch.autograd.profiler', 'torch.profiler']),
  row('einops', einops, ['einops.einops', 'einops.packing']),
  row('einops.layers.torch', einopsLayers),
  row('torchvision.extension', torchvisionExtension),
  ...graphLibrary,
  row('torchvision.ops.misc', torchvisionMisc, ['torchvision.ops'], true),
  row('torchvision.ops.stochastic_depth', torchvisionDrop, ['torchvision.ops', 'torchvision.ops.drop_block'], true),
];

const byModule = new Map(library.map(entry => [entry.module, entry]));

const rootOf = (module: string): string => module.slice(0, `${module}.`.indexOf('.'));
const rendered = new Set(graphLibrary.map(({ module }) => rootOf(module)).filter(root => root !== 'torch'));

/** A module of a library that we render even where it is installed: its own code generates code, or is native. */
export const isRendered = (module: string): boolean => rendered.has(rootOf(module));

/** By the module's own Python name. */
export const libraryModule = (module: string): LibraryModule | undefined => byModule.get(module);

/** The module that defines a name which `module` offers: ('torch.nn', 'Conv2d') gives 'torch.nn.modules.conv'. */
export function definingModule(module: string, name: string): LibraryModule | undefined {
  return offers().get(`${module}.${name}`);
}

/** Every `module.name` that the library answers for. */
export const libraryNames = (): Iterable<string> => offers().keys();

let offered: ReadonlyMap<string, LibraryModule> | undefined;

function offers(): ReadonlyMap<string, LibraryModule> {
  if (offered !== undefined) return offered;
  const found = new Map<string, LibraryModule>();
  for (const entry of library)
    for (const name of definedNames(entry.text)) {
      found.set(`${entry.module}.${name}`, entry);
      if (!name.startsWith('_')) for (const other of entry.alsoIn) found.set(`${other}.${name}`, entry);
    }
  offered = found;
  return found;
}

/** Names that a file binds at its top level other than by imports; private ones too. */
function definedNames(text: string): string[] {
  return Array.from(
    text.matchAll(/^(?:(?:class|def) (\w+)|(\w+) = )/gm),
    ([, defined, assigned]) => defined ?? assigned ?? '',
  );
}
