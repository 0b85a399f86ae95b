/** How a refusal is told: one line for people, and an object where JSON was asked for. */
import type { InputError } from '../base/findings';
import type { Text } from '../base/text';
import { render } from '../base/text';

export function lineOf({ text: message, remedy }: InputError, say: (message: Text) => string): string {
  const line = [message, remedy].flatMap(part => (part === undefined ? [] : say(part))).join('; ');
  // A path or an argument may hold anything.
  return `modelwatt: ${line.replaceAll(/[\r\n]+/g, ' ')}`;
}

export interface ErrorObject {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
}

/** In English, whatever the user's language. */
export const errorObject = ({ code, text: message, remedy }: InputError): ErrorObject => ({
  code,
  message: render(message),
  remedy: remedy === undefined ? null : render(remedy),
});
