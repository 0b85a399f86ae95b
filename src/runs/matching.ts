/**
 * Whether what is started trains a model, runs one, or neither: by the launcher, by the names of scripts and
 * subcommands, and where these say nothing by the script's own text. The user's patterns come before all of it.
 */
import type { PythonCall, SimpleCommand } from './commandLines';
import { baseName, pythonCall, simpleCommands } from './commandLines';
import { workOfCode, workOfScript } from './sourceWork';

export type Work = 'training' | 'inference';

/** Regular expressions without regard to case, or plain texts where they are none. */
export interface RunPatterns {
  readonly training: readonly string[];
  readonly inference: readonly string[];
  readonly never: readonly string[];
}

export const NO_PATTERNS: RunPatterns = { training: [], inference: [], never: [] };

/** Text of a Python script as it is named on the command line; undefined where it cannot be read. */
export type ReadScript = (path: string) => string | undefined;

/** `names`: what else the user calls it, such as a task's label. */
export function workOfCommand(
  line: string,
  patterns: RunPatterns = NO_PATTERNS,
  readScript: ReadScript = () => undefined,
  names: readonly string[] = [],
): Work | undefined {
  const chosen = byPatterns([line, ...names], patterns);
  if (chosen !== undefined) return chosen === 'never' ? undefined : chosen;
  const found = simpleCommands(line).map(command => workOf(command, readScript));
  return found.includes('training') ? 'training' : found.find(work => work !== undefined);
}

/** A cell's lines that are commands (`!python train.py`) count as such. */
export function workOfCell(
  source: string,
  patterns: RunPatterns = NO_PATTERNS,
  readScript: ReadScript = () => undefined,
): Work | undefined {
  const chosen = byPatterns([source], patterns);
  if (chosen !== undefined) return chosen === 'never' ? undefined : chosen;
  const lines = source.split('\n');
  const commands = lines.flatMap(line => /^\s*(?:!|%sx\s|%run\s+|%%bash)(.*)$/.exec(line)?.[1] ?? []);
  const asCommands = lines.flatMap(line =>
    /^\s*%run\s/.test(line) ? [`python ${line.replace(/^\s*%run\s+/, '')}`] : [],
  );
  const found = [...commands, ...asCommands].map(line => workOfCommand(line, patterns, readScript));
  const code = workOfCode(lines.filter(line => !/^\s*[!%]/.test(line)).join('\n'));
  if (code === 'training' || found.includes('training')) return 'training';
  return code ?? found.find(work => work !== undefined);
}

function byPatterns(texts: readonly string[], patterns: RunPatterns): Work | 'never' | undefined {
  const hit = (list: readonly string[]): boolean => list.some(pattern => texts.some(text => matches(pattern, text)));
  if (hit(patterns.never)) return 'never';
  if (hit(patterns.training)) return 'training';
  return hit(patterns.inference) ? 'inference' : undefined;
}

function matches(pattern: string, text: string): boolean {
  if (pattern.trim() === '') return false;
  try {
    return new RegExp(pattern, 'i').test(text);
  } catch {
    return text.toLowerCase().includes(pattern.toLowerCase());
  }
}

function workOf(command: SimpleCommand, readScript: ReadScript): Work | undefined {
  const python = pythonCall(command);
  return python === undefined ? workOfProgram(command, readScript) : workOfPython(python, readScript);
}

/** Launchers of training, as far as they are not asked for something else. */
const LAUNCHERS = /^(torchrun|deepspeed|accelerate|horovodrun|fabric|lightning|colossalai|composer)$/;
/** Modules that launch a script or a module as they do. */
const LAUNCHING_MODULES = /^(torch\.distributed\.(run|launch)|accelerate\.commands\.launch|deepspeed\.launcher\..*|lightning\.fabric\.cli)$/; // prettier-ignore

const INFERENCE_PROGRAMS = /^(vllm|llama-(cli|server|bench)|trtexec|benchmark_app|torchserve|tritonserver|whisper|onnxruntime_perf_test)$/; // prettier-ignore
const INFERENCE_MODULES = /^(vllm(\..*)?|sglang\.launch_server|torch\.utils\.benchmark|timm\.benchmark|lm_eval(\..*)?|whisper)$/; // prettier-ignore

/** Tools of one subject whose subcommand says what they do. */
const TOOLS =
  /^(yolo|axolotl|llamafactory-cli|litgpt|tune|mim|paddleseg|autotrain|ludwig|rasa|spacy|fairseq-\w+|onmt_\w+|nnunetv?2?_\w+|t5x_\w+|unsloth|swift|xtuner|nemo|trl|sagemaker-training|lm_eval|optimum-benchmark)$/; // prettier-ignore

/** Programs that run a script in another language, whose name may still say what it does. */
const SHELLS = /^(ba|z|da|k|fi)?sh$|^(pwsh|powershell|make|just|task|invoke|inv|doit|papermill|nbconvert|dvc|guild|mlflow)$/; // prettier-ignore

function workOfProgram({ program, args }: SimpleCommand, readScript: ReadScript): Work | undefined {
  if (LAUNCHERS.test(program)) return workOfLauncher(program, args, readScript);
  if (INFERENCE_PROGRAMS.test(program)) return 'inference';
  if (TOOLS.test(program)) return workOfWords([program]) ?? firstWork(args.slice(0, 2));
  if (SHELLS.test(program)) return workOfWords(args.filter(isNoOption).slice(0, 3).map(baseName));
  // A script of its own: `./train.py`, `./scripts/train.sh`.
  if (/\.(py|sh)$/.test(program)) return workOfWords([program]);
  return undefined;
}

const firstWork = (words: readonly string[]): Work | undefined =>
  words.map(word => workOfWords([word])).find(work => work !== undefined);

/** Not `accelerate config`, `deepspeed --version`. Scripts are mostly training; evaluation is named. */
function workOfLauncher(program: string, args: readonly string[], readScript: ReadScript): Work | undefined {
  const [first] = args;
  if (/^(accelerate|fabric|lightning|colossalai)$/.test(program) && !/^(launch|run|fit|test|predict|validate)$/.test(first ?? '')) return undefined; // prettier-ignore
  const at = args.findIndex(word => /\.py$/.test(word));
  const module = args[args.indexOf('-m') + 1];
  const target = at >= 0 ? args[at] : args.includes('-m') ? module : undefined;
  if (target === undefined) return undefined;
  const call: PythonCall = { kind: at >= 0 ? 'script' : 'module', target, args: args.slice(at + 1) };
  return workOfPython(call, readScript) ?? 'training';
}

function workOfPython({ kind, target, args }: PythonCall, readScript: ReadScript): Work | undefined {
  if (kind === 'code') return workOfScript(target);
  if (kind === 'module') {
    if (LAUNCHING_MODULES.test(target)) return workOfLauncher('torchrun', args, readScript);
    if (INFERENCE_MODULES.test(target)) return 'inference';
    if (NO_WORK_MODULES.test(target)) return undefined;
    return workOfWords(target.split('.')) ?? workOfArguments(args);
  }
  const name = baseName(target);
  if (NO_WORK_SCRIPTS.test(name)) return undefined;
  const named = workOfArguments(args) ?? workOfWords([name]);
  if (named !== undefined) return named;
  const source = readScript(target);
  return source === undefined ? undefined : workOfScript(source);
}

const NO_WORK_MODULES = /^(pip|venv|pytest|unittest|http\.server|black|ruff|mypy|build|timeit|json\.tool|ensurepip|tensorboard(\..*)?|ipykernel(_launcher)?|jupyter(\..*)?|notebook)$/; // prettier-ignore
const NO_WORK_SCRIPTS = /^(setup|conftest|manage)\.py$/;

/** `main.py train`, `--mode=train`, `--do_train`, `--eval-only`: what a program with several uses is asked for. */
function workOfArguments(args: readonly string[]): Work | undefined {
  const text = ` ${args.join(' ')} `;
  if (/ --?(eval|evaluate|test|predict|inference)([-_]only)?( |=true )/i.test(text)) return 'inference';
  if (/ --(do[-_])?(train|training|finetune)( |=true )/i.test(text)) return 'training';
  const mode = / --?(?:mode|phase|task|stage|action|command)[ =](\w+)/i.exec(text)?.[1];
  const word = mode ?? (isNoOption(args[0] ?? '-') ? args[0] : undefined);
  if (word === undefined || /[\\/.]/.test(word)) return undefined;
  return workOfWords([word]);
}

const isNoOption = (word: string): boolean => !word.startsWith('-');

const TRAINING = /^((pre|re)?train(er|ing|s)?|(fine|instruct)tun(e|ing)|tune|fit|sft|dpo|grpo|ppo|rlhf|distill?(ation)?|clm|mlm)$/; // prettier-ignore
const INFERENCE = /^(infer(ence)?|predict(ion|ions|or)?|eval(uate|uation)?|validat(e|ion)|val|detect|serve|transcribe|generate|sample|chat|caption)$/; // prettier-ignore
/** Work on data or pictures whose names speak of training all the same. */
const BESIDE = /^(download|prepare|preprocess|preprocessing|process|convert|plot|export|split|visuali[sz]e|merge|tokeni[sz]e|install|clean|lint|format|upload|sync|data|dataset|datasets|test|tests|config|kill|stop|docs?)$/; // prettier-ignore

/** The first of the words that says anything decides, unless they speak of preparing or of pictures. */
function workOfWords(words: readonly string[]): Work | undefined {
  const parts = words.flatMap(wordsOf);
  if (parts.some(part => BESIDE.test(part))) return undefined;
  if (/^run (clm|mlm|glue|squad|summarization|translation|swag|ner|qa|classification)\b/.test(parts.join(' '))) return 'training'; // prettier-ignore
  for (const [at, part] of parts.entries()) {
    if (TRAINING.test(part) || TRAINING.test(`${part}${parts[at + 1] ?? ''}`)) return 'training';
    if (INFERENCE.test(part)) return 'inference';
  }
  return undefined;
}

/** `trainResNet50_v2.py` → train, res, net, v, py */
const wordsOf = (name: string): readonly string[] =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter(part => part !== '');
