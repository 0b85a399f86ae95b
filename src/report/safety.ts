/** What a replacement asks of the model's weights, in words. */
import { text, type Text } from '../base/text';
import type { Safety } from './advice';

const WORDS: Readonly<Record<Safety, Text>> = {
  exact: text('The same results, apart from rounding.'),
  approximate: text('Nearly the same results.'),
  'fine-tune': text('Needs fine-tuning.'),
  retrain: text('Another model: needs training anew.'),
};

export const safetyText = (safety: Safety): Text => WORDS[safety];
