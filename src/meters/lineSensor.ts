/**
 * A sensor behind a program that writes a line now and then with the power of some parts: what sensors of other systems
 * have in common. One program runs as long as the meter does; it is started again if it ends.
 */
import { figure } from '../base/figure';
import type { RunOutcome } from '../base/ports';
import type { Disposable } from '../base/store';
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { Seconds, Watts } from '../base/units';
import { joules, seconds } from '../base/units';
import type { Domain, NotFound, Reading, Running, Sensor } from './meter';
import { found, notFound } from './meter';
import type { World } from './world';

export type LineWorld = Pick<World, 'platform' | 'clocks' | 'run' | 'stream'>;

export type Powers = ReadonlyMap<Domain, Watts>;

export interface LineProgram {
  readonly id: string;
  readonly platform: World['platform'];
  readonly elsewhere: Text;
  readonly command: string;
  /** Once, to see what it tells. */
  readonly probe: readonly string[];
  readonly stream: (interval: Seconds) => readonly string[];
  /** Undefined for a line that tells nothing; some programs write a head first, hence a parser with a memory. */
  readonly parser: () => (line: string) => Powers | undefined;
  /** How old a line may be: some write seldom. */
  readonly freshS: number;
  readonly error: number;
  readonly source: string;
  readonly missing: NotFound;
  /** Where it answers but tells no power. */
  readonly silent: NotFound;
  readonly remarks?: readonly Text[];
}

export function createLineSensor(world: LineWorld, program: LineProgram): Sensor {
  return {
    id: program.id,
    probe: async () => {
      if (world.platform !== program.platform) return notFound('absent', program.elsewhere);
      const outcome = await world.run(program.command, program.probe, seconds(PATIENCE_S));
      return judge(program, outcome);
    },
    start: interval => new LinesRunning(world, program, interval),
  };
}

const PATIENCE_S = 10;
const RESTART_AFTER_S = 30;

function judge(program: LineProgram, { status, stdout }: RunOutcome): ReturnType<typeof found> | NotFound {
  if (status === 'missing') return program.missing;
  if (status === 'timeout')
    return notFound('unreliable', text('{0} does not answer within {1} s', program.command, PATIENCE_S));
  const parse = program.parser();
  const powers = stdout.split(/\r?\n/).map(parse).filter(one => one !== undefined).at(-1); // prettier-ignore
  return powers === undefined || powers.size === 0
    ? program.silent
    : found([...powers.keys()], 'sampled', program.remarks);
}

class LinesRunning implements Running {
  #latest: { readonly powers: Powers; readonly at: number } | undefined;
  #child: Disposable | undefined;
  #ended: { readonly at: number; readonly problem: string } | undefined;

  constructor(
    readonly world: LineWorld,
    readonly program: LineProgram,
    readonly interval: Seconds,
  ) {
    this.#start();
  }

  sample(elapsed: Seconds): readonly Reading[] {
    const now = this.world.clocks.now();
    if (this.#ended !== undefined && now - this.#ended.at >= RESTART_AFTER_S) this.#start();
    const latest = this.#latest;
    if (latest === undefined || now - latest.at > Math.max(this.program.freshS, 3 * this.interval)) return [];
    const { error, source } = this.program;
    return [...latest.powers].map(([domain, power]) => {
      const energy = power * elapsed;
      return {
        domain,
        energy: figure(joules(energy), joules(energy * (1 - error)), joules(energy * (1 + error)), 'measured', source),
      };
    });
  }

  trouble(): Text | undefined {
    if (this.#ended !== undefined) return text('{0} ended: {1}', this.program.command, this.#ended.problem);
    return text('{0} has not written for a while', this.program.command);
  }

  dispose(): void {
    this.#child?.dispose();
  }

  #start(): void {
    this.#child?.dispose();
    this.#ended = undefined;
    const parse = this.program.parser();
    this.#child = this.world.stream(this.program.command, this.program.stream(this.interval), {
      onLine: line => {
        const powers = parse(line);
        if (powers !== undefined) this.#latest = { powers, at: this.world.clocks.now() };
      },
      onEnd: problem => {
        this.#ended = { at: this.world.clocks.now(), problem };
        this.#latest = undefined;
      },
    });
  }
}
