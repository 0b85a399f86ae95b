/** Runs tiny ONNX models in the real runtime, in a child process. */
import { fork, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';

export interface Fed {
  readonly name: string;
  readonly dtype: string;
  readonly dims: readonly number[];
  readonly data?: readonly number[];
}

export interface Made {
  readonly name: string;
  readonly dtype: string;
  readonly dims: readonly number[];
  readonly data: readonly number[];
}

type Answer = { readonly id: number } & ({ readonly outputs: readonly Made[] } | { readonly error: string });

export class Runtime {
  readonly #child: ChildProcess = fork(resolve('test/support/runtime.mjs'), {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  #next = 0;
  /** Of calls that are on their way. */
  readonly #failures = new Set<(error: Error) => void>();

  constructor() {
    this.#child.once('exit', code => {
      for (const fail of this.#failures) fail(new Error(`the runtime ended with ${code}`));
    });
  }

  /** The model, or the path of one with weights beside it. Rejects with the runtime's own words. */
  run(model: Uint8Array | string, inputs: readonly Fed[]): Promise<readonly Made[]> {
    const id = this.#next++;
    return new Promise((done, fail) => {
      const listen = (answer: Answer): void => {
        if (answer.id !== id) return;
        this.#failures.delete(fail);
        this.#child.off('message', listen);
        if ('outputs' in answer) done(answer.outputs);
        else fail(new Error(answer.error));
      };
      this.#child.on('message', listen);
      this.#failures.add(fail);
      this.#child.send({
        id,
        ...(typeof model === 'string' ? { path: model } : { model: Buffer.from(model).toString('base64') }),
        inputs: inputs.map((input, index) => ({ ...input, seed: 100 * index })),
      });
    });
  }

  stop(): void {
    this.#child.kill();
  }
}
