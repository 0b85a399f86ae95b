/** The least power that each domain of this machine was seen at while nothing ran, kept from run to run. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Figure } from '../../base/figure';
import { mapFigure } from '../../base/figure';
import type { MeterSnapshot } from '../../report/meter';
import { energyMoved } from '../../report/meter';

interface Seen {
  readonly sensor: string;
  readonly atMs: number;
  readonly powerW: Figure;
}

/** Beyond this the machine may have been changed. */
const KEPT_MS = 30 * 86_400_000;

export class IdlePowers {
  readonly #seen: Map<string, Seen>;
  #changed = false;

  constructor(readonly path: string) {
    this.#seen = load(path);
  }

  of(domain: string, sensor: string): Figure | null {
    const seen = this.#seen.get(domain);
    return seen?.sensor === sensor && Date.now() - seen.atMs < KEPT_MS ? seen.powerW : null;
  }

  /** Mean power between two readings in which nothing ran. The newest counts: what ran before is not known now. */
  note(before: MeterSnapshot, after: MeterSnapshot): void {
    const time = after.seconds - before.seconds;
    for (const { domain, sensor, energyJ } of after.domains) {
      if (energyJ === null || time <= 0) continue;
      const moved = energyMoved(before.domains.find(other => other.domain === domain)?.energyJ ?? null, energyJ);
      this.#seen.set(domain, { sensor, atMs: Date.now(), powerW: mapFigure(moved, value => value / time) });
      this.#changed = true;
    }
  }

  /** Losing it costs the marginal figure of later runs and nothing else. */
  save(): void {
    if (!this.#changed) return;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      writeFileSync(`${this.path}.new`, JSON.stringify([...this.#seen]));
      renameSync(`${this.path}.new`, this.path);
    } catch {
      // The next run measures it again.
    }
  }
}

function load(path: string): Map<string, Seen> {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return new Map(Array.isArray(found) ? (found as [string, Seen][]) : []);
  } catch {
    return new Map();
  }
}
