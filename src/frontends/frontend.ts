/** What every front end offers: recognise a file cheaply, then read the models in it into graphs. */
import type { Gap } from '../base/findings';
import type { OpenRange, ReadText } from '../base/ports';
import type { Span } from '../base/span';
import type { Text } from '../base/text';
import type { Graph } from '../ir/graph';
import type { TensorType } from '../ir/tensor';
import type { InputSpec } from './input';

export interface ReadRequest {
  readonly path: string;
  /** Class or function to read; without it every model in the file. */
  readonly model?: string;
  /** What stands in the parentheses of the model's call, in the source's language. */
  readonly args?: string;
  readonly inputs: readonly InputSpec[];
  /** Folders for absolute imports, besides the file's own project. */
  readonly searchPath?: readonly string[];
  /** Of models that make tokens: read with so many that are there, and then with one more. */
  readonly past?: number;
}

/** The world as front ends see it: text and bytes are passed in, nothing is opened behind the caller's back. */
export interface World {
  readonly readText: ReadText;
  readonly openRange: OpenRange;
  /** Another string whenever the file may be another one; undefined where that cannot be told at once. */
  readonly stamp?: (path: string) => string | undefined;
}

/** For a file that is read again and again while it is edited. */
export interface Live {
  readonly memories: Memories;
  /** Where the cursor is, from 1: the model there comes first. */
  readonly line?: number;
  /** A text with a syntax error is not read: what was known before it is worth more. */
  readonly skipsBroken?: boolean;
  /** Told of each model as soon as it is read. */
  found?(model: ModelRead): void;
  /** Awaited before each model; rejects where nobody waits for the rest any more. */
  pause?(): Promise<void>;
}

/** What front ends keep of files between readings: of the last few files, by a key of their own. */
export class Memories {
  readonly #kept = new Map<string, object>();

  constructor(private readonly most = 8) {}

  of<T extends object>(key: string, make: () => T): T {
    const kept = (this.#kept.get(key) as T | undefined) ?? make();
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    for (const oldest of this.#kept.keys()) if (this.#kept.size > this.most) this.#kept.delete(oldest);
    return kept;
  }
}

/** Something that only the user can say. */
export interface Need {
  readonly of: 'argument' | 'dim';
  /** Of the argument, or of the dim as the file has it (empty where it is anonymous). */
  readonly name: string;
  /** For a dim: the input that has it, and the axis. */
  readonly input?: string;
  readonly axis?: number;
  readonly suggestion?: number | string;
}

export interface ModelInput {
  readonly name: string;
  readonly type: TensorType;
  readonly basis: 'given' | 'declared' | 'comment' | 'call' | 'assumed';
  /** In words: where the type comes from. */
  readonly source: Text;
}

/** What the model was made with where the request does not say. */
export interface ModelArguments {
  /** As it stands between the parentheses. */
  readonly written: string;
  readonly basis: 'comment' | 'call' | 'configuration';
  readonly source: Text;
}

/** Two calls in one graph. */
export interface StepRead {
  /** Nodes of the first; undefined where the second makes no use of it, and was left out. */
  readonly split?: number;
  /** Why it was. */
  readonly reason?: Text;
}

export interface ModelRead {
  readonly name: string;
  readonly kind: 'class' | 'function' | 'onnx';
  readonly line: number;
  readonly span?: Span;
  /** `incomplete` where gaps make totals lower bounds; `needs-arguments` where `needs` lists what is missing. */
  readonly status: 'ok' | 'incomplete' | 'needs-arguments';
  readonly needs?: readonly Need[];
  readonly arguments?: ModelArguments;
  readonly graph?: Graph;
  /** Where `past` was given. */
  readonly step?: StepRead;
  readonly inputs: readonly ModelInput[];
}

export interface FileRead {
  readonly models: readonly ModelRead[];
  /** Of the file as a whole; a model's own gaps are in its graph. */
  readonly gaps: readonly Gap[];
}

export interface Frontend {
  readonly id: string;
  /** By the path alone; whether the content keeps the promise shows in `read`. */
  sniff(path: string): boolean;
  /** Throws `InputError` for what is no such file at all; everything else is a gap. */
  read(request: ReadRequest, world: World, live?: Live): Promise<FileRead>;
}
