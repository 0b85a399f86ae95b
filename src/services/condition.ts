/** What a machine's state does to a measurement: throttling, battery, power saving. Said with the result, never hidden. */
import type { Text } from '../base/text';
import { text } from '../base/text';

export interface MachineCondition {
  /** Times that the processor has slowed down for its temperature since it started; null where the system does not tell. */
  readonly throttled: number | null;
  /** Null where there is no battery, or nobody tells. */
  readonly onBattery: boolean | null;
  /** A profile of the system that trades speed for power. */
  readonly savesPower: boolean;
}

export function conditionNotes(before: MachineCondition, after: MachineCondition): readonly Text[] {
  const notes: Text[] = [];
  const throttled = (after.throttled ?? 0) - (before.throttled ?? 0);
  if (throttled > 0) notes.push(text('The processor became too hot and slowed down {0} times meanwhile.', throttled));
  if (before.onBattery === true || after.onBattery === true)
    notes.push(text('The machine ran on its battery, which may slow it down.'));
  if (before.savesPower || after.savesPower)
    notes.push(text('The system was set to save power rather than to be fast.'));
  return notes;
}
