/** How work in the child may end. A crash is an ordinary outcome with a message. */
import type { InputError } from '../base/findings';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Ending } from './child';

export type Outcome<T> =
  { readonly kind: 'finished'; readonly value: T } | Refused | Crashed | { readonly kind: 'cancelled' };

/** The request or the model is at fault. */
export interface Refused {
  readonly kind: 'refused';
  readonly code: string;
  readonly text: Text;
  readonly remedy?: Text;
}

export interface Crashed {
  readonly kind: 'crashed';
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly text: Text;
  readonly remedy?: Text;
  /** What the process said last, for the log. */
  readonly detail: string;
}

export const refused = ({ code, text: message, remedy }: Pick<InputError, 'code' | 'text' | 'remedy'>): Refused => ({
  kind: 'refused',
  code,
  text: message,
  ...(remedy !== undefined && { remedy }),
});

export function crashed({ exitCode, signal, said }: Ending): Crashed {
  const because =
    signal === 'SIGKILL'
      ? text('the measuring process was ended by the system, most likely because memory ran out')
      : signal !== null
        ? text('the measuring process crashed ({0})', signal)
        : exitCode !== null
          ? text('the measuring process ended unexpectedly (exit code {0})', exitCode)
          : text('the measuring process could not be started: {0}', said);
  return {
    kind: 'crashed',
    exitCode,
    signal,
    text: because,
    ...(exitCode === null && signal === null ? {} : { remedy: text('try again with smaller inputs, or on the CPU') }),
    detail: said,
  };
}
