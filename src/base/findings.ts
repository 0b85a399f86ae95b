/** What reading could not establish. Reading never throws on what the user wrote; it returns gaps beside the value. */
import type { Span } from './span';
import type { Text } from './text';

/**
 * Codes are public (JSON field `code`) and stable. `blocks` says what the gap spoils:
 * totals are lower bounds wherever a gap blocks them.
 */
export const GAP_CODES = [
  'unknown-op',
  'unknown-call',
  'unknown-value',
  'unknown-branch',
  'unknown-trip-count',
  'unknown-shape',
  'unknown-cost',
  'unknown-import',
  'unsupported-syntax',
  'syntax-error',
  'missing-file',
  'budget-exhausted',
  'data-dependent',
  'too-large',
  'invalid-model',
  'shape-mismatch',
  'reader-failure',
  'assumed',
] as const;
export type GapCode = (typeof GAP_CODES)[number];

export interface Gap {
  readonly code: GapCode;
  readonly message: Text;
  readonly at?: Span;
}

export interface Checked<T> {
  readonly value: T;
  readonly gaps: readonly Gap[];
}

/** A request or an input that cannot be served: exit code 2 on the command line, one calm message in the editor. */
export class InputError extends Error {
  override readonly name = 'InputError';
  constructor(
    readonly code: string,
    readonly text: Text,
    /** How to mend it. */
    readonly remedy?: Text,
  ) {
    super(text.template);
  }

  /** Programs are bundled apart, each with a class of its own: one of another bundle is recognised too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === 'InputError' && 'code' in value && 'text' in value;
  }
}
