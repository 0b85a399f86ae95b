/** Messages of the command line in the user's language, from the editor's own bundle. JSON stays English. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** English, unless the locale is a simplified Chinese one. `folder` is that of the program. */
export function translator(env: NodeJS.ProcessEnv, folder: string): (template: string) => string {
  if (!isChinese(localeOf(env))) return template => template;
  const bundle = load(join(folder, '..', 'media', 'l10n', 'bundle.l10n.zh-cn.json'));
  return template => bundle[template] ?? template;
}

/** As POSIX ranks them, an empty one being none; other systems tell their locale through the runtime. */
function localeOf(env: NodeJS.ProcessEnv): string {
  const named = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find(value => value !== undefined && value !== '');
  if (named !== undefined) return named;
  return process.platform === 'win32' ? Intl.DateTimeFormat().resolvedOptions().locale : '';
}

/** `zh_CN.UTF-8`, `zh-Hans-SG`, plain `zh`; not Taiwan's, Hong Kong's or Macau's unless they say simplified. */
function isChinese(locale: string): boolean {
  const [language, ...parts] = locale
    .replace(/[.@].*$/, '')
    .toLowerCase()
    .split(/[_-]/);
  if (language !== 'zh' || parts.includes('hant')) return false;
  return parts.includes('hans') || !parts.some(part => ['tw', 'hk', 'mo'].includes(part));
}

function load(path: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
  } catch {
    return {};
  }
}
