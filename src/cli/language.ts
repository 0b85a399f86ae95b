/** Messages of the command line in the user's language, from the editor's own bundle. JSON stays English. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** English, unless the POSIX locale is a simplified Chinese one. */
export function translator(env: NodeJS.ProcessEnv, folder: string): (template: string) => string {
  const locale = env['LC_ALL'] ?? env['LC_MESSAGES'] ?? env['LANG'] ?? '';
  if (!/^zh([_-](CN|SG|Hans)|\b)/i.test(locale) || /^zh[_-](TW|HK|MO|Hant)/i.test(locale)) return template => template;
  const bundle = load(join(folder, '..', 'media', 'l10n', 'bundle.l10n.zh-cn.json'));
  return template => bundle[template] ?? template;
}

function load(path: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}
