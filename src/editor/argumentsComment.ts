/** The comment that keeps a model's arguments: `# modelwatt: args=(num_classes=10)`, on the line above its definition. */

export interface CommentEdit {
  /** From 1. */
  readonly line: number;
  readonly text: string;
  /** To stand before that line; else to replace it. */
  readonly isNew: boolean;
}

// The reader takes parentheses two deep within those of the setting.
const ARGUMENTS = /^(?:[^()\r\n]|\((?:[^()\r\n]|\([^()\r\n]*\))*\))*$/;
const SETTING = /\s*\bargs=\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)/;

/** Whether it looks like what stands in the parentheses of a call, with a value behind every name. */
export const isArguments = (text: string): boolean =>
  text.trim() !== '' && ARGUMENTS.test(text) && !/=\s*(?:,|$)/.test(text);

/** `line` is that of the definition, from 1. */
export function argumentsComment(lines: readonly string[], line: number, args: string): CommentEdit {
  const setting = `args=(${args.trim()})`;
  const above = lines[line - 2] ?? '';
  if (/^\s*#\s*modelwatt:/.test(above))
    return { line: line - 1, text: `${above.replace(SETTING, '').trimEnd()} ${setting}`, isNew: false };
  const [indent = ''] = /^\s*/.exec(lines[line - 1] ?? '') ?? [];
  return { line, text: `${indent}# modelwatt: ${setting}`, isNew: true };
}
