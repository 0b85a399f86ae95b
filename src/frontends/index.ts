/** The front ends, in the order in which they are asked. */
import type { Frontend } from './frontend';
import { onnx } from './onnx/read';
import { pythonFrontend } from './torch/frontend';

export const frontends: readonly Frontend[] = [pythonFrontend, onnx];

export const frontendFor = (path: string): Frontend | undefined => frontends.find(frontend => frontend.sniff(path));
