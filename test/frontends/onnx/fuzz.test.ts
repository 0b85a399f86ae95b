/** A thousand mutants of real models; `npm run verify:fuzz` runs a million. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzCorpus, fuzzOnce, type Outcome } from '../../support/onnxFuzz';

const CASES = 1000;
const MOST_MS = 2000;

test('a thousand mutants of real models are refused or read, each in bounded time', async () => {
  const corpus = await fuzzCorpus();
  assert.ok(corpus.length >= 8, `${corpus.length} models`);
  const counts: Record<Outcome, number> = { refused: 0, incomplete: 0, read: 0 };
  for (let seed = 1; seed <= CASES; seed++) {
    let ms = Infinity;
    // On a busy machine any case may wait; what is slow by itself is slow again.
    for (let tries = 0; tries < 4 && ms >= MOST_MS; tries++) {
      const began = performance.now();
      try {
        const outcome = await fuzzOnce(corpus, seed);
        if (tries === 0) counts[outcome]++;
      } catch (error) {
        throw new Error(`seed ${seed}`, { cause: error });
      }
      ms = performance.now() - began;
    }
    assert.ok(ms < MOST_MS, `seed ${seed} took ${Math.round(ms)} ms`);
  }
  // Mutants of each kind, or the mutation does nothing or everything.
  for (const [outcome, count] of Object.entries(counts))
    assert.ok(count > CASES / 20, JSON.stringify({ outcome, count }));
});
