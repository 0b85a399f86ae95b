import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text } from '../../src/base/text';
import { choose, contains } from '../../src/meters/choose';
import type { Domain, Method, Probe } from '../../src/meters/meter';
import { found, notFound } from '../../src/meters/meter';

const sees = (method: Method, ...covers: Domain[]): Probe => found(covers, method);
const absent = notFound('absent', text('x'));
const model = sees('model', 'cpu-package', 'dram');

/** Sensors in the order asked; expected: `domain=sensor`, in brackets when shown but not added. */
const cases: readonly [what: string, answers: Readonly<Record<string, Probe>>, expected: string][] = [
  ['nothing', {}, ''],
  ['nothing that answers', { rapl: absent, nvidia: absent }, ''],
  ['only the model', { rapl: absent, model }, 'cpu-package=model dram=model'],
  ['the model fills what is missing', { rapl: sees('counter', 'cpu-package'), model }, 'cpu-package=rapl dram=model'],
  ['a full server', { rapl: sees('counter', 'cpu-package', 'dram'), model }, 'cpu-package=rapl dram=rapl'],
  [
    'cores lie in the package',
    { rapl: sees('counter', 'cpu-package', 'cpu-core', 'uncore', 'dram'), model },
    'cpu-package=rapl (cpu-core=rapl) (uncore=rapl) dram=rapl',
  ],
  [
    'package and memory are measured: the platform is shown beside them',
    { rapl: sees('counter', 'cpu-package', 'dram', 'psys'), model },
    'cpu-package=rapl dram=rapl (psys=rapl)',
  ],
  [
    'memory is not: the measured platform counts, and no model is added to it',
    { rapl: sees('counter', 'cpu-package', 'cpu-core', 'psys'), model },
    '(cpu-package=rapl) (cpu-core=rapl) psys=rapl',
  ],
  [
    'measured cores do not make a measured package',
    { rapl: sees('counter', 'cpu-core'), model },
    '(cpu-core=rapl) cpu-package=model dram=model',
  ],
  [
    'two vendors’ GPUs and a processor: all of them',
    {
      rapl: sees('counter', 'cpu-package', 'dram'),
      nvidia: sees('sampled', 'gpu:0', 'gpu:1'),
      amd: sees('sampled', 'gpu:amd0'),
      model,
    },
    'cpu-package=rapl dram=rapl gpu:0=nvidia gpu:1=nvidia gpu:amd0=amd',
  ],
  [
    'a module holds processor, memory and GPU',
    { module: sees('counter', 'module'), nvidia: sees('sampled', 'gpu:0'), model },
    'module=module (gpu:0=nvidia)',
  ],
  [
    'a GPU on its own card is not in the platform',
    { rapl: sees('counter', 'psys'), nvidia: sees('sampled', 'gpu:0'), model },
    'psys=rapl gpu:0=nvidia',
  ],
  [
    'the whole machine at its battery: all of it, where no counter tells of the processor',
    {
      battery: sees('sampled', 'machine'),
      amd: sees('sampled', 'cpu-package'),
      nvidia: sees('sampled', 'gpu:0'),
      model,
    },
    'machine=battery (cpu-package=amd) (gpu:0=nvidia)',
  ],
  [
    'counters of the processor tell more of the work than the battery',
    {
      rapl: sees('counter', 'cpu-package'),
      battery: sees('sampled', 'machine'),
      nvidia: sees('sampled', 'gpu:0'),
      model,
    },
    'cpu-package=rapl (machine=battery) gpu:0=nvidia dram=model',
  ],
  [
    'a socket with a GPU: the module, and the processor’s part in it',
    { board: sees('sampled', 'module', 'psys', 'cpu-package'), nvidia: sees('sampled', 'gpu:0'), model },
    'module=board (psys=board) (cpu-package=board) (gpu:0=nvidia)',
  ],
  [
    'a counter beats sampled power, whoever was asked first',
    { smi: sees('sampled', 'gpu:0'), nvml: sees('counter', 'gpu:0') },
    'gpu:0=nvml',
  ],
  [
    'between equals the first',
    { a: sees('counter', 'cpu-package'), b: sees('counter', 'cpu-package') },
    'cpu-package=a',
  ],
];

for (const [what, answers, expected] of cases) {
  test(what, () => {
    const parts = choose(Object.entries(answers).map(([id, probe]) => ({ id, probe })));
    const words = parts.map(part => {
      const word = `${part.domain}=${part.sensor}`;
      return part.counted ? word : `(${word})`;
    });
    assert.equal(words.join(' '), expected);
  });
}

test('what is added up never overlaps, whatever answers', () => {
  const domains: readonly Domain[] = [
    'cpu-package',
    'cpu-core',
    'uncore',
    'dram',
    'psys',
    'module',
    'machine',
    'gpu:0',
  ];
  for (let set = 0; set < 1 << domains.length; set++) {
    const covers = domains.filter((_, bit) => set & (1 << bit));
    const parts = choose([
      { id: 's', probe: found(covers, 'counter') },
      { id: 'model', probe: model },
    ]).filter(({ counted }) => counted);
    for (const a of parts) {
      for (const b of parts)
        assert.ok(!contains(a.domain, b.domain), `${a.domain} holds ${b.domain} of ${covers.join()}`);
    }
    assert.equal(new Set(parts.map(({ domain }) => domain)).size, parts.length);
  }
});
