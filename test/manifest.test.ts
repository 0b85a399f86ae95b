/** package.json against the identifiers that the code uses, and against the manners of an extension. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { commands, settings, views } from '../src/editor/ids';

interface Contributes {
  readonly commands?: readonly { readonly command: string; readonly title: string; readonly category?: string }[];
  readonly configuration?: Configuration | readonly Configuration[];
  readonly views?: Readonly<Record<string, readonly { readonly id: string }[]>>;
  readonly menus?: Readonly<Record<string, readonly { readonly command?: string; readonly when?: string }[]>>;
  readonly keybindings?: readonly { readonly command: string }[];
  readonly customEditors?: readonly { readonly viewType: string; readonly priority?: string }[];
}

interface Configuration {
  readonly properties: Readonly<
    Record<string, { readonly description?: string; readonly markdownDescription?: string; readonly default?: unknown }>
  >;
}

interface Manifest {
  readonly name: string;
  readonly publisher: string;
  readonly engines: { readonly vscode: string };
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly activationEvents: readonly string[];
  readonly contributes: Contributes;
  readonly capabilities?: {
    readonly untrustedWorkspaces?: {
      readonly supported: unknown;
      readonly description?: string;
      readonly restrictedConfigurations?: readonly string[];
    };
    readonly virtualWorkspaces?: unknown;
  };
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const { contributes } = manifest;
const contributed = contributes.commands ?? [];
const sections: readonly Configuration[] = [contributes.configuration ?? []].flat();
const properties = Object.assign({}, ...sections.map(section => section.properties)) as Configuration['properties'];
const sorted = (names: Iterable<string>): string[] => [...names].sort();

test('every command is contributed, and nothing else is', () => {
  assert.deepEqual(sorted(contributed.map(({ command }) => command)), sorted(Object.values(commands)));
});

test('every command has a localised title and our category', () => {
  for (const { command, title, category } of contributed) {
    assert.match(title, /^%.+%$/, command);
    assert.equal(category, 'ModelWatt', command);
  }
});

test('every setting is contributed, and nothing else is', () => {
  assert.deepEqual(sorted(Object.keys(properties)), sorted(Object.values(settings)));
});

test('every setting has a localised description, a default, and our prefix', () => {
  for (const [name, property] of Object.entries(properties)) {
    assert.ok(name.startsWith(`${manifest.name}.`), name);
    assert.match(property.markdownDescription ?? property.description ?? '', /^%.+%$/, name);
    assert.notEqual(property.default, undefined, `${name} has no default`);
  }
});

test('every view is contributed, and nothing else is', () => {
  const ids = [
    ...Object.values(contributes.views ?? {}).flatMap(list => list.map(({ id }) => id)),
    ...(contributes.customEditors ?? []).map(({ viewType }) => viewType),
  ];
  // A webview panel is no contribution: its type is ours alone.
  const expected = Object.entries(views).filter(([name]) => !/panel/i.test(name));
  assert.deepEqual(sorted(ids), sorted(expected.map(([, id]) => id)));
});

test('menus and keys name commands that exist', () => {
  const known = new Set<string>(Object.values(commands));
  const named = [
    ...Object.values(contributes.menus ?? {}).flatMap(items => items.flatMap(({ command }) => command ?? [])),
    ...(contributes.keybindings ?? []).map(({ command }) => command),
  ];
  assert.deepEqual(
    named.filter(command => !known.has(command)),
    [],
  );
});

test('the extension never starts with the editor', () => {
  assert.ok(manifest.activationEvents.length > 0);
  for (const event of manifest.activationEvents) assert.doesNotMatch(event, /^\*$|^onStartupFinished$|^onTerminal/);
});

test('Python, notebooks and .onnx files wake it', () => {
  assert.ok(manifest.activationEvents.includes('onLanguage:python'));
  assert.ok(manifest.activationEvents.includes('onNotebook:jupyter-notebook'));
});

test('an untrusted workspace is read, and nothing is run there', () => {
  assert.equal(manifest.capabilities?.untrustedWorkspaces?.supported, 'limited');
  assert.match(manifest.capabilities.untrustedWorkspaces.description ?? '', /^%.+%$/);
  // What names programs to run or folders to read is not the workspace's to say there.
  const restricted = manifest.capabilities.untrustedWorkspaces.restrictedConfigurations ?? [];
  assert.deepEqual(
    [settings.python, settings.searchPath].filter(name => !restricted.includes(name)),
    [],
  );
});

test('the typings are those of the oldest supported editor', () => {
  assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode'] ?? ''}`);
  assert.equal(manifest.devDependencies['vscode'], undefined);
});
