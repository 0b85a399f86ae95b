/**
 * What one line of a training program's output says of its progress, in the forms that tqdm, Keras, Lightning, the
 * Hugging Face Trainer and people's own prints have. Says what stands there; what to believe is progress.ts's matter.
 */
export type Format = 'tqdm' | 'keras' | 'lightning' | 'trainer' | 'plain';

export type Observation = EpochSaid | BarSaid | EpochValue;

/** `Epoch 3/10`, `epoch 3`: the number as written, from 0 or from 1. */
export interface EpochSaid {
  readonly kind: 'epoch';
  readonly format: Format;
  readonly index: number;
  readonly of: number | null;
  /** Whether it announces an epoch rather than sums one up: nothing else stands there, or a counter that begins. */
  readonly opens: boolean;
}

/** A counter with an end, of steps or of epochs. */
export interface BarSaid {
  readonly kind: 'bar';
  readonly format: Format;
  /** Its description without numbers: the same bar has the same name in every epoch. */
  readonly name: string;
  readonly done: number;
  readonly total: number | null;
  /** Written with a suffix, `1.13k`, so rounded. */
  readonly rounded: boolean;
}

/** The Trainer's `'epoch': 0.62`: epochs done, with fractions. */
export interface EpochValue {
  readonly kind: 'epochs done';
  readonly format: 'trainer';
  readonly done: number;
  readonly over: boolean;
}

/** Of a line without control sequences. Most lines say nothing. */
export function observe(line: string): readonly Observation[] {
  const words = line.trim();
  if (words === '' || words.length > LONGEST) return [];
  return trainer(words) ?? tqdm(line) ?? rich(words) ?? keras(line) ?? plain(words);
}

const LONGEST = 2000;

function trainer(words: string): readonly Observation[] | undefined {
  if (!words.startsWith('{') || !words.endsWith('}')) return undefined;
  // Values are numbers, or since version 5 texts that hold numbers.
  const done = Number(/'epoch': '?([\d.]+)'?[,}]/.exec(words)?.[1] ?? NaN);
  if (!Number.isFinite(done) || !/'(loss|eval_\w+|train_runtime|grad_norm)':/.test(words)) return undefined;
  return [{ kind: 'epochs done', format: 'trainer', done, over: words.includes(`'train_runtime':`) }];
}

/** `train:  25%|██▌       | 10/40 [00:00<00:00, 90.86it/s, loss=0.05]`, with or without the part before the colon. */
function tqdm(line: string): readonly Observation[] | undefined {
  // A program may write megabytes: most lines are told apart without an expression.
  if (!line.includes('%|')) return undefined;
  const match = /^(.*?)\s*\d{1,3}%\|[^|]*\|\s*([\d.]+)([kMGT]?)\/([\d.]+)([kMGT]?) \[[^\]]*?(\w+\/s|s\/\w+)?(?:,[^\]]*)?\]/.exec(line); // prettier-ignore
  if (match === null) return undefined;
  const [, before = '', done = '', doneUnit = '', total = '', totalUnit = '', rate = ''] = match;
  // Bytes are downloads and copies; nobody trains by bytes.
  if (/(^|\d|[kMGT])i?B\/s$/.test(rate)) return [];
  const description = before.replace(/:\s*$/, '');
  const format = /^(Epoch \d+|Validation DataLoader \d+|Training|Sanity Checking.*)$/.test(description)
    ? 'lightning'
    : 'tqdm';
  const bar: BarSaid = {
    kind: 'bar',
    format,
    name: nameOf(description),
    done: Number(done) * (SUFFIX[doneUnit] ?? 1),
    total: Number(total) * (SUFFIX[totalUnit] ?? 1),
    rounded: doneUnit !== '' || totalUnit !== '',
  };
  // `Epoch 3/10`, and the counter of epochs that stands first on some tools' lines.
  const epoch = epochIn(description) ?? /^\s*(?<index>\d+)\/(?<of>\d+)\s/.exec(description)?.groups;
  if (epoch === undefined) return [bar];
  return [{ kind: 'epoch', format, index: Number(epoch['index']), of: numberOf(epoch['of']), opens: true }, bar];
}

const SUFFIX: Readonly<Record<string, number>> = { k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** Lightning with Rich: `Epoch 1/1  ━━━━━━ 40/40 0:00:00 • 0:00:00 776.76it/s`, from 0 and of the last index. */
function rich(words: string): readonly Observation[] | undefined {
  if (!/[━╸╺]/.test(words)) return undefined;
  const match = /^(Epoch (\d+)(?:\/(-?\d+))?|Validation|Testing|Sanity Checking)\s+[━╸╺ ]*[━╸╺][━╸╺ ]*\s*(\d+)\/(\d+)\s/.exec(words); // prettier-ignore
  if (match === null) return undefined;
  const [, name = '', index, last, done = '', total = ''] = match;
  const bar: BarSaid = {
    kind: 'bar',
    format: 'lightning',
    name: nameOf(name),
    done: Number(done),
    total: Number(total),
    rounded: false,
  };
  if (index === undefined) return [bar];
  // -2: without an end.
  const of = last === undefined || Number(last) < 0 ? null : Number(last) + 1;
  return [{ kind: 'epoch', format: 'lightning', index: Number(index), of, opens: true }, bar];
}

/** ` 7/20 ━━━━━━━ 0s 23ms/step - loss: 1.1`, `9/9 - 0s - 24ms/step`, and before version 3 `7/20 [===>...] - ETA: 0s`. */
function keras(line: string): readonly Observation[] | undefined {
  const match = /^\s*(\d+)\/(\d+|Unknown)\s+(?:━+ .*\d+(s|ms|us)\/(step|epoch)|-\s+\d+s\s+-\s|\[[=>.]+\]\s+-\s|━+ \d)/.exec(line); // prettier-ignore
  if (match === null) return undefined;
  const [, done = '', total = ''] = match;
  return [{ kind: 'bar', format: 'keras', name: 'keras', done: Number(done), total: numberOf(total), rounded: false }];
}

function plain(words: string): readonly Observation[] {
  const found: Observation[] = [];
  const epoch = epochIn(words);
  if (epoch !== undefined) {
    const index = Number(epoch['index']);
    found.push({ kind: 'epoch', format: 'plain', index, of: numberOf(epoch['of']), opens: isHeading(words) });
  }
  const step = STEP.exec(words)?.groups ?? (epoch === undefined ? undefined : AFTER_EPOCH.exec(words)?.groups);
  if (step !== undefined) {
    const [done, total] = [Number(step['done']), Number(step['total'])];
    if (total > 0 && done <= total)
      found.push({ kind: 'bar', format: 'plain', name: 'step', done, total, rounded: false });
  }
  return found;
}

/** `Epoch 3/10`, `Epoch: [3][10/500]`, `epoch=3`, `Epoch [3/10]`, `epoch 3 of 10`, `[Epoch 03]`. */
const EPOCH = /\bepochs?\b\s*[:=#]?\s*[[(]?\s*(?<index>\d{1,6})(?![\d.%]*[\d%])(?:\s*(?:\/|of|out of)\s*(?<of>\d{1,6})(?![\d.]*\d))?/i; // prettier-ignore

/** Lines that speak of another epoch than the present one. */
const ELSEWHERE =
  /\b(best|load(ed|ing)?|resum\w*|restor\w*|checkpoint\w*|sav(ed|ing)|from epoch|stopp(ed|ing)|until|after epoch|every|for \d+ epochs|per epoch|last epoch|previous|warm-?up)\b/i; // prettier-ignore

const STEP = /\b(?:step|iter(?:ation)?|batch|it)s?\b\s*[:=#]?\s*[[(]?\s*(?<done>\d+)\s*(?:\/|of)\s*(?<total>\d+)/i;
/** `Epoch: [0][ 10/500]` and `Train Epoch: 1 [640/60000 (1%)]`. */
const AFTER_EPOCH = /epoch\s*:?\s*\[?\d+\]?\s*\[\s*(?<done>\d+)\s*\/\s*(?<total>\d+)/i;

function epochIn(words: string): Readonly<Record<string, string | undefined>> | undefined {
  if (ELSEWHERE.test(words)) return undefined;
  return EPOCH.exec(words)?.groups;
}

/** Nothing but the number, punctuation, a time or a level in front of it. */
const isHeading = (words: string): boolean =>
  /^[\s\-=*#>[\]().:,/]*$/.test(
    words
      .replace(EPOCH, '')
      .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*/, '')
      .replace(/\b(INFO|DEBUG|root|train(ing)?|start(ing|ed)?|begin(ning)?)\b/gi, ''),
  );

const nameOf = (description: string): string => description.replace(/\d+/g, '#').trim().slice(0, 80);

const numberOf = (digits: string | undefined): number | null =>
  digits !== undefined && /^\d+$/.test(digits) ? Number(digits) : null;
