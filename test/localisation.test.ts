/** Every text of the interface has its Simplified Chinese, with the same placeholders, and nothing else is translated. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import ts from 'typescript';
import { sourceFiles, type SourceFile } from './support/sources';

interface Template {
  readonly place: string;
  /** Undefined where the first argument is no literal: nobody could translate it. */
  readonly template: string | undefined;
}

const readTable = (path: string): Record<string, string> =>
  JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;

const CHINESE = 'media/l10n/bundle.l10n.zh-cn.json';
const chinese = readTable(CHINESE);
const templates = sourceFiles(['src', 'webview'], ['.ts'])
  // Where `text` itself is defined.
  .filter(({ path }) => path !== 'src/base/text.ts')
  .flatMap(templatesIn);
const used = new Set(templates.flatMap(({ template }) => template ?? []));

/** Calls of `text(…)`, as imported from base/text, and of `l10n.t(…)`. */
function templatesIn({ path, text }: SourceFile): Template[] {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const importsText = /import\s*\{[^}]*\btext\b[^}]*\}\s*from\s*'[^']*\/text'/.test(text);
  const found: Template[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTranslating(node.expression, importsText)) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ place: `${path}:${line + 1}`, template: literal(node.arguments[0]) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function isTranslating(callee: ts.Expression, importsText: boolean): boolean {
  if (ts.isIdentifier(callee)) return importsText && callee.text === 'text';
  return (
    ts.isPropertyAccessExpression(callee) && callee.name.text === 't' && /(^|\.)l10n$/.test(callee.expression.getText())
  );
}

function literal(argument: ts.Expression | undefined): string | undefined {
  if (argument === undefined) return undefined;
  if (ts.isStringLiteralLike(argument)) return argument.text;
  if (!ts.isObjectLiteralExpression(argument)) return undefined;
  // l10n.t({ message, args, comment })
  const message = argument.properties.find(property => property.name?.getText() === 'message');
  return message && ts.isPropertyAssignment(message) ? literal(message.initializer) : undefined;
}

const placeholders = (template: string): string[] => [...new Set(template.match(/\{\w+\}/g) ?? [])].sort();

test('calls are found in every spelling', () => {
  const code = `import { text, type Text } from '../base/text';
    text('one {0}', 1); vscode.l10n.t('two'); l10n.t({ message: 'three', comment: [] }); text(variable); context('no');`;
  assert.deepEqual(
    templatesIn({ path: 'x.ts', text: code }).map(({ template }) => template),
    ['one {0}', 'two', 'three', undefined],
  );
});

test('every template is a literal', () => {
  const hidden = templates.filter(({ template }) => template === undefined).map(({ place }) => place);
  assert.deepEqual(hidden, []);
});

test('every template has its Chinese', () => {
  const missing = templates
    .filter(({ template }) => template !== undefined && chinese[template] === undefined)
    .map(({ place, template }) => `${place}: ${template ?? ''}`);
  // The whole list: it is what a translator works through.
  assert.equal(missing.length, 0, `${missing.length} without:\n${missing.join('\n')}`);
});

test('nothing is translated that is not used', () => {
  assert.deepEqual(
    Object.keys(chinese).filter(key => !used.has(key)),
    [],
  );
});

test('translations keep the placeholders', () => {
  const differing = Object.entries(chinese)
    .filter(([english, translated]) => placeholders(english).join() !== placeholders(translated).join())
    .map(([english]) => english);
  assert.deepEqual(differing, []);
});

test('keys are sorted, so that additions do not collide', () => {
  const keys = Object.keys(chinese);
  assert.deepEqual(keys, [...keys].sort());
});

test('the manifest speaks both languages', () => {
  const [english, translated] = [readTable('package.nls.json'), readTable('package.nls.zh-cn.json')];
  assert.deepEqual(Object.keys(translated).sort(), Object.keys(english).sort());
  const manifest = readFileSync('package.json', 'utf8');
  const wanted = [...manifest.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);
  assert.deepEqual([...new Set(wanted)].sort(), Object.keys(english).sort());
});
