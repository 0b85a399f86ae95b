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

/**
 * Why an NVIDIA GPU runs slower than it could, as its driver tells it in bits (NVML reference, nvmlClocksEventReasons).
 * Being idle and clocks that somebody has set are no trouble.
 */
export function gpuNotes(bits: number | null): readonly Text[] {
  if (bits === null) return [];
  const notes: Text[] = [];
  if (bits & POWER_CAP) notes.push(text('The GPU was held back by its power limit.'));
  if (bits & (SOFTWARE_HEAT | HARDWARE_HEAT)) notes.push(text('The GPU became too hot and slowed down.'));
  else if (bits & HARDWARE) notes.push(text('The GPU was slowed down by its hardware.'));
  if (bits & POWER_BRAKE) notes.push(text('The GPU was slowed down by its power supply.'));
  return notes;
}

const POWER_CAP = 0x4;
const HARDWARE = 0x8;
const SOFTWARE_HEAT = 0x20;
const HARDWARE_HEAT = 0x40;
const POWER_BRAKE = 0x80;

/** Processors' worth of other work beyond which times are not the model's alone. */
const BUSY = 0.25;

export function busyNotes(othersCpuS: number | null, seconds: number): readonly Text[] {
  const others = (othersCpuS ?? 0) / Math.max(seconds, 1e-9);
  return others > BUSY ? [text('Other programs kept {0} processors busy meanwhile.', others.toFixed(1))] : [];
}
