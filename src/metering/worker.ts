/**
 * The meter as a program of its own. In a worker thread it serves its starter, so that a sensor that blocks never holds
 * up the extension host; loaded in-process it only exports the factory, which commands use.
 */
import { parentPort } from 'node:worker_threads';
import { seconds } from '../base/units';
import type { MeteringCalls, MeteringEvents } from '../protocol/metering';
import type { Channel, Server } from '../protocol/rpc';
import type { Handlers } from '../protocol/rpc';
import { serve } from '../protocol/rpc';
import type { Metering, MeteringOptions } from '../services/metering';
import { startMetering } from '../services/metering';
import { portChannel } from '../services/ports/channels';
import { nodeMeterWorld } from '../services/ports/hardware';
import { nodeRecorder } from '../services/ports/recorder';
import { gridOfRun } from '../services/grid';
import type { RunRecorder } from '../services/runs/recorder';

/** A running meter on this machine. The caller disposes of it. */
export const startMeter = (options: MeteringOptions = {}): Promise<Metering> =>
  startMetering(nodeMeterWorld(), options);

/** Answers a starter's calls; `begin` makes the meter. Ends it when the channel closes. */
export function serveMetering(
  channel: Channel,
  begin: (options: MeteringOptions) => Promise<Metering> = startMeter,
  recorder: RunRecorder = nodeRecorder(),
): Server<MeteringEvents> {
  let meter: Promise<Metering> | undefined;
  const start = async (intervalS: number): Promise<Metering> => {
    const started = await begin({ interval: seconds(Math.max(SHORTEST_INTERVAL, intervalS)) });
    recorder.use(started);
    started.onSnapshot(snapshot => {
      server.emit('snapshot', snapshot);
      recorder.take(snapshot);
      if (recorder.size > 0) server.emit('runs', recorder.live());
    });
    return started;
  };
  const stop = async (): Promise<null> => {
    const ending = meter;
    meter = undefined;
    const ended = await ending;
    if (ended !== undefined) recorder.use(undefined);
    ended?.dispose();
    return null;
  };
  const server = serve<MeteringCalls, MeteringEvents>(channel, {
    start: async ({ intervalS }) => {
      meter ??= start(intervalS).catch((error: unknown) => {
        meter = undefined;
        throw error;
      });
      return (await meter).read();
    },
    read: async () => (await meter)?.read() ?? null,
    grid: ({ region }) => gridOfRun(region, Intl.DateTimeFormat().resolvedOptions().timeZone),
    stop,
    ...runHandlers(recorder),
  });
  channel.onClose(() => void stop());
  return server;
}

type RunCalls = Pick<MeteringCalls, 'beginRun' | 'followRun' | 'runOutput' | 'endRun'>;

const runHandlers = (recorder: RunRecorder): Handlers<RunCalls> => ({
  beginRun: ({ id, root, region }) => {
    recorder.begin({ id, root, grid: gridOfRun(region, Intl.DateTimeFormat().resolvedOptions().timeZone), pue: null });
    return null;
  },
  followRun: ({ id, root }) => {
    recorder.follow(id, root);
    return null;
  },
  runOutput: ({ id, chunk }) => {
    recorder.output(id, chunk);
    return null;
  },
  endRun: ({ id }) => recorder.end(id) ?? null,
});

const SHORTEST_INTERVAL = 0.1;

if (parentPort !== null) serveMetering(portChannel(parentPort));
