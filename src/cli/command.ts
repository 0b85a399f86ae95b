/** What a command of the command line is, and what it may touch. */
import type { Text } from '../base/text';
import type { Arguments, CommandSyntax } from './args';

/** Of our own commands 0 done, 1 a budget is exceeded, 2 the request or the input is bad, 3 done but incomplete. */
export type ExitCode = 0 | 1 | 2 | 3;

export interface Console {
  /** Results alone. */
  out(text: string): void;
  /** Everything else, a line each. */
  message(line: string): void;
  /** Of this program. */
  version(): string;
  /** In the user's language. */
  say(text: Text): string;
  /**
   * Aborted by Ctrl+C. Asking for it takes Ctrl+C over, which would otherwise end the process at once: a command that
   * has nothing to clean up does not ask.
   */
  readonly signal: AbortSignal;
}

export interface Command extends CommandSyntax {
  /** `run` ends as the command ended that it ran. */
  run(args: Arguments, console: Console): Promise<number>;
}
