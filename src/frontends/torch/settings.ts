/** Settings in comments on a definition: `# modelwatt: input=float32[1,3,224,224] args=(num_classes=10)`. */
import type { Definition } from '../python/ast';
import type { PyModule } from '../python/module';
import { spanIn } from '../python/places';
import { headOf } from './notes';

const COMMENT = /#\s*modelwatt:\s*(.*)$/;

const VALUES = {
  /** Up to the next blank; blanks may stand in brackets. */
  input: /\binput=((?:[^\s[\]]|\[[^\]]*\])+)/g,
  /** What stands in the parentheses of a call, with parentheses of its own two deep. */
  args: /\bargs=\(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)/g,
} as const;

export interface Setting {
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

/** From the line above the definition to the line that ends its head. */
export function settingsOf(main: PyModule, node: Definition, name: keyof typeof VALUES): readonly Setting[] {
  const { source } = main;
  if (source === undefined) return [];
  const { text, comments } = source.parsed;
  const { from, to } = headOf(text, node);
  return comments
    .filter(({ start }) => start >= from && start < to)
    .flatMap(({ start, text: comment }) => {
      const [, settings = ''] = COMMENT.exec(comment) ?? [];
      const { line } = spanIn(source.file, text, start, start);
      // An argument may be called as a setting is.
      const searched = name === 'args' ? settings : settings.replaceAll(VALUES.args, '');
      return Array.from(searched.matchAll(VALUES[name]), ([, value = '']) => ({ value, line }));
    });
}
