/**
 * What Python text does when it runs, by the calls that only training or only inference makes. A guess from the text:
 * nothing is interpreted, so that it may be asked for every cell that somebody runs.
 */
import type { Work } from './matching';

const LIBRARIES =
  /^\s*(?:import|from)\s+(torch|torchvision|pytorch_lightning|lightning|tensorflow|keras|jax|flax|optax|transformers|diffusers|sentence_transformers|timm|fastai|ultralytics|mxnet|paddle|mindspore|xgboost|lightgbm|catboost|sklearn|accelerate|onnxruntime|vllm|tinygrad|mlx)\b/m; // prettier-ignore

/** `model.train()` only switches dropout on. */
const TRAINS =
  /\.backward\(|\.manual_backward\(|\b(?:opt|optim|optimizer|optimiser|optimizer_\w+|scaler|self\.optimizer)\.step\(|\.fit\(|\.fit_one_cycle\(|\.fine_tune\(|\b(?:\w*[Tt]rainer|sft|tuner|yolo)\w*\.train\(|\.train\((?!\s*(?:\)|True|False|mode))|\.train_on_batch\(|\bGradientTape\(|\bvalue_and_grad\(|\bjax\.grad\(|\.minimize\(|\.fit_generator\(|\bxgb\.train\(|\blgb\.train\(/; // prettier-ignore

const INFERS =
  /\btorch\.(?:no_grad|inference_mode)\(|\.predict\(|\.predict_proba\(|\.generate\(|\bpipeline\(|\.eval\(\)|\bInferenceSession\(|\.encode\(|\.transcribe\(|\.predict_step\(|\bLLM\(/; // prettier-ignore

/** Names of the user's own functions. */
const CALLS_TRAINING =
  /(?<![\w.])(?:\w+_)?(?:train|fit|pretrain|finetune|fine_tune|run_training|do_train)(?:_(?!test|val|loader|data|set|dl|ds|iter|split|transform|mask|idx)\w+)?\s*\(/i; // prettier-ignore
const CALLS_INFERENCE = /(?<![\w.])(?:\w+_)?(?:evaluate|predict|infer|inference|validate|run_eval)(?:_\w+)?\s*\(/i;

/** A whole program: what is in its functions will be called. */
export function workOfScript(source: string): Work | undefined {
  const code = withoutComments(source);
  if (!LIBRARIES.test(code)) return undefined;
  if (TRAINS.test(code)) return 'training';
  return INFERS.test(code) ? 'inference' : undefined;
}

/** A cell: what it defines is not run, what it calls is, and the imports stand elsewhere. */
export function workOfCode(source: string): Work | undefined {
  const code = withoutDefinitions(withoutComments(source));
  if (TRAINS.test(code) || CALLS_TRAINING.test(code)) return 'training';
  return INFERS.test(code) || CALLS_INFERENCE.test(code) ? 'inference' : undefined;
}

/** And without texts, in which anything may stand. */
const withoutComments = (source: string): string =>
  source.replace(/("""|''')[\s\S]*?\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*/g, found =>
    found.startsWith('#') ? '' : '""',
  );

function withoutDefinitions(code: string): string {
  const kept: string[] = [];
  let inside: number | undefined;
  for (const line of code.split('\n')) {
    const indent = /^\s*/.exec(line)?.[0].length ?? 0;
    if (line.trim() === '') continue;
    if (inside !== undefined && (indent > inside || /^\s*[)\]}]/.test(line))) continue;
    inside = /^\s*(?:async\s+def|def|class)\s/.test(line) ? indent : undefined;
    if (inside === undefined && !/^\s*@/.test(line)) kept.push(line);
  }
  return kept.join('\n');
}
