/** Time through Node. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Disposable } from '../../base/store';
import type { Seconds } from '../../base/units';
import { milliseconds, seconds } from '../../base/units';
import type { Clocks } from '../../meters/world';

export const nodeClocks: Clocks = {
  now: () => seconds(Number(process.hrtime.bigint()) / 1e9),
  wall: () => milliseconds(Date.now()),
};

export const nodeWait = async (time: Seconds): Promise<void> => {
  await sleep(1000 * time);
};

export function nodeEvery(interval: Seconds, call: () => void): Disposable {
  const timer = setInterval(call, interval * 1000);
  return { dispose: () => clearInterval(timer) };
}
