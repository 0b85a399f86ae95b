/** Edits of torchvision's files: after every one the live reading equals a cold one. All of them are `npm run verify:edits`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createAnalysis } from '../../src/analysis/worker';
import { coldReading, LiveEditor, staysEqual } from '../support/liveEditor';
import { torchvisionSources } from '../support/torchvision';

const FILES: readonly (readonly [file: string, count: number])[] = [
  ['resnet.py', 6],
  ['efficientnet.py', 3],
  ['swin_transformer.py', 3],
];

for (const [file, count] of FILES)
  test(`after every edit of ${file} the result equals a cold reading`, async () => {
    const path = join(await torchvisionSources(), 'torchvision', 'models', file);
    const text = readFileSync(path, 'utf8');
    const editor = new LiveEditor(createAnalysis(), path);
    await staysEqual(editor, text, content => coldReading(createAnalysis(), path, content), { seed: 3, count });
  });
