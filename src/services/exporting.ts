/** Use case: a model from source saved as ONNX with generated weights, for other tools to open. */
import { InputError } from '../base/findings';
import type { ProfileOptions, Profiler } from '../profiler/client';
import type { Outcome } from '../profiler/outcome';
import { refused } from '../profiler/outcome';
import type { AnalyzeRequest } from '../protocol/analysis';
import type { ModelReader } from './profiling';

export interface ExportPorts {
  readonly reader: Pick<ModelReader, 'emit'>;
  readonly profiler: Pick<Profiler, 'write'>;
}

/** `path` ends in the name of the model's file; the weights lie beside it under that name and `.data`. */
export async function exportModel(
  request: AnalyzeRequest & { readonly model: string },
  path: string,
  { reader, profiler }: ExportPorts,
  options: ProfileOptions = {},
): Promise<Outcome<null>> {
  try {
    const weightsFile = `${path.replace(/^.*[\\/]/, '')}.data`;
    const { model, plan } = await reader.emit({ ...request, weightsFile }, options.signal);
    return await profiler.write({ kind: 'emitted', model, plan }, path, options);
  } catch (error) {
    if (options.signal?.aborted === true) return { kind: 'cancelled' };
    if (error instanceof InputError) return refused(error);
    throw error;
  }
}
