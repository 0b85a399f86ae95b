/** Input SPECs, as on the command line, from what a report knows of the inputs and what the user answered. */
import type { InputReport, ModelReport, NeedReport } from '../report/view';

/** Size by `input.axis`. */
export type Answers = ReadonlyMap<string, number>;

export const answerKey = ({ input, axis }: Pick<NeedReport, 'input' | 'axis'>): string =>
  `${input ?? ''}.${axis ?? ''}`;

/** Sizes that the model waits for and that were not answered yet. */
export const openNeeds = ({ needs }: ModelReport, answers: Answers): readonly NeedReport[] =>
  needs.filter(need => need.of === 'dim' && !answers.has(answerKey(need)));

/**
 * A SPEC for each input that was given, or that the answers complete. Inputs with a size that another input's name
 * decides are left out: the reader finds it when the others are given.
 */
export function specsFor(inputs: readonly InputReport[], answers: Answers): readonly string[] {
  return inputs.flatMap(({ name, dtype, shape, basis }) => {
    const answered = shape?.map((size, axis) => size ?? answers.get(answerKey({ input: name, axis })));
    const isTouched = basis === 'given' || (shape?.some((size, axis) => size === null && answered?.[axis] !== undefined) ?? false); // prettier-ignore
    if (!isTouched || answered === undefined || answered.includes(undefined)) return [];
    return [`${name}=${dtype ?? 'float32'}[${answered.join(',')}]`];
  });
}
