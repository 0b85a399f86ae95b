// Takes the pictures in media/screenshots: the sample workspace in a real editor, in three themes.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { installEditor } from './editor.mjs';
import { main, root } from './lib.mjs';
import { ensureModules } from './modules.mjs';
import { ensureChromium } from './system.mjs';

await main(import.meta, async () => {
  await ensureModules();
  await build();
  await installEditor();
  await ensureChromium();
  const { default: esbuild } = await import('esbuild');
  const outfile = join(root, 'out', 'screenshots.mjs');
  await esbuild.build({
    entryPoints: [join(root, 'test', 'support', 'screenshots.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    // They find the repository by their own place.
    external: ['../../.ci/*'],
    plugins: [
      {
        name: 'scripts',
        setup: builder =>
          builder.onResolve({ filter: /\.ci\// }, ({ path }) => ({
            path: pathToFileURL(join(root, '.ci', path.split('.ci/')[1])).href,
            external: true,
          })),
      },
    ],
    logLevel: 'error',
  });
  await import(pathToFileURL(outfile).href);
});
