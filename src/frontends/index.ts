/** The front ends, in the order in which they are asked. */
import type { Frontend } from './frontend';

export const frontends: readonly Frontend[] = [];

export const frontendFor = (path: string): Frontend | undefined => frontends.find(frontend => frontend.sniff(path));
