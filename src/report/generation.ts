/** What making text costs, as plain data and as text. */
import type { Text } from '../base/text';
import { text } from '../base/text';
import type { GapReport } from './view';
import type { Say } from './words';
import { format, unknownWord } from './words';

export interface PhaseReport {
  readonly tokens: number;
  readonly macs: number;
  readonly flops: number;
  readonly trafficBytes: number;
}

export interface GenerationReport {
  /** One call over all tokens that are given. */
  readonly prefill: PhaseReport | null;
  /** All calls after it, one for each token. */
  readonly decode: PhaseReport | null;
  readonly firstToken: PhaseReport | null;
  readonly lastToken: PhaseReport | null;
  /** `cache`: what was kept of earlier tokens is used. `recompute`: each token takes a call over all before it. */
  readonly method: 'cache' | 'recompute' | 'unknown';
  /** Why nothing is kept. */
  readonly reason?: Text;
  /** What is kept before the last token. */
  readonly cacheBytes: number | null;
  /** What it grows by with each, on average. */
  readonly cacheBytesPerToken: number | null;
  readonly parameters: number | null;
  /** Those that a single token uses: of experts only as many as it meets. */
  readonly activeParameters: number | null;
  /** Steps that were read; the others lie on a line between them. */
  readonly stepsRead: number;
  readonly complete: boolean;
  /** Why the costs of some or all tokens are missing. */
  readonly failure?: Text;
  readonly gaps: readonly GapReport[];
}

/** Names and values, a line each. */
export function generationLines(report: GenerationReport, say: Say): readonly (readonly [string, string])[] {
  const { prefill, decode, firstToken, lastToken, failure } = report;
  const least = report.complete ? '' : '≥ ';
  const work = (phase: PhaseReport | null): string =>
    phase === null
      ? unknownWord(say)
      : `${least}${format.macs(phase.macs)}, ${least}${format.flops(phase.flops)}, ${least}${format.bytes(phase.trafficBytes)}`;
  const rows: (readonly [string, string])[] = [];
  if (prefill !== null) rows.push([say(text('prefill, {0} tokens', prefill.tokens)), work(prefill)]);
  if (decode !== null) rows.push([say(text('decode, {0} tokens', decode.tokens)), work(decode)]);
  if (firstToken !== null) rows.push([say(text('first token')), work(firstToken)]);
  if (lastToken !== null) rows.push([say(text('last token')), work(lastToken)]);
  if (report.method === 'recompute' && report.reason !== undefined)
    rows.push([say(text('cache')), say(text('none, everything is computed again for each token: {0}', say(report.reason)))]); // prettier-ignore
  else if (report.cacheBytes !== null) {
    const each = report.cacheBytesPerToken;
    const size = format.bytes(report.cacheBytes);
    rows.push([say(text('cache')), each === null ? size : say(text('{0}, {1} more with each token', size, format.bytes(each)))]); // prettier-ignore
  }
  if (report.activeParameters !== null && report.parameters !== null && report.activeParameters < report.parameters)
    rows.push([
      say(text('active parameters')),
      say(text('{0} of {1}', format.count(report.activeParameters), format.count(report.parameters))),
    ]);
  if (failure !== undefined) rows.push([say(text('not read')), say(failure)]);
  return rows;
}
