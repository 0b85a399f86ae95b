/**
 * The source of a figure is public data, and English. Here are the templates of those that are sentences, so that the
 * panel can say them in the reader's language; names of papers and publishers stay what they are.
 */
import type { Text } from '../base/text';
import { text } from '../base/text';

const TEMPLATES: readonly string[] = [
  text('median of {0} windows of runs'),
  text('share of a profiled run, scaled to the unprofiled latency'),
  text("the model's energy, by share of the time"),
  text('{0}, less the idle power with the model loaded'),
  text('model: {0} hardware threads, {1}'),
  text('model: {0} memory modules, {1}'),
  text('model: {0} GB of memory, {1}'),
  text('ceilings of {0}: the slower of computing and moving data, per op'),
  text('{0}; of what could be read, a lower bound'),
  text('yearly average {0} of {1}, {2}'),
  text('world average {0}, {1}'),
  text('the processor of this machine'),
  text('chosen'),
  text('guessed from the time zone {0}'),
  text('a machine of your own, without a data centre around it'),
].map(({ template }) => template);

const PATTERNS = TEMPLATES.map(template => ({ template, pattern: patternOf(template) }));

function patternOf(template: string): RegExp {
  const literal = template.split(/\{\d+\}/).map(part => part.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`));
  return new RegExp(`^${literal.join('(.+?)')}$`, 's');
}

/** A source as a text that can be translated; what no template makes stays as it is. */
export function sourceText(source: string): Text {
  for (const { template, pattern } of PATTERNS) {
    const found = pattern.exec(source);
    // What fills a template may be a source itself.
    if (found) return { template, args: found.slice(1).map(part => sourceText(part)) };
  }
  const [first = '', ...rest] = source.split('; ');
  if (rest.length === 0) return { template: '{0}', args: [source] };
  return { template: '{0}; {1}', args: [sourceText(first), sourceText(rest.join('; '))] };
}
