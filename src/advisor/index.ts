/** The rules, in the order in which they are tried. */
import type { Rule } from './rule';
import { convBiasBeforeNorm } from './rules/convBiasBeforeNorm';
import { depthwiseSeparable } from './rules/depthwiseSeparable';
import { scaledDotProductAttention } from './rules/scaledDotProductAttention';

export const rules: readonly Rule[] = [scaledDotProductAttention, convBiasBeforeNorm, depthwiseSeparable];
