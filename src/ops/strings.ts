/** Ops on texts. Their work is not arithmetic: it counts no FLOPs. */
import { tensor } from '../ir/tensor';
import { unknown } from '../base/known';
import { text } from '../base/text';
import { defineOp, free } from './op';
import { broadcast } from './rules';

const TEXT = free('works on texts, not on numbers');
const lost = unknown(text('the texts decide how many there are'));

export const stringConcat = defineOp({
  name: 'string_concat',
  doc: 'Texts joined pair by pair.',
  source: 'ONNX StringConcat-20',
  infer: node => [tensor('string', broadcast(node.type(0).shape, node.type(1).shape))],
  cost: () => TEXT,
  onnx: { StringConcat: {} },
  examples: [{ in: ['string[2,3]', 'string[3]'], out: ['string[2,3]'] }],
});

export const regexMatch = defineOp({
  name: 'regex_match',
  doc: 'Whether each text matches a pattern.',
  source: 'ONNX RegexFullMatch-20',
  infer: node => [tensor('bool', node.type(0).shape)],
  cost: () => TEXT,
  onnx: { RegexFullMatch: {} },
  examples: [{ in: ['string[2,3]'], out: ['bool[2,3]'] }],
});

export const stringSplit = defineOp({
  name: 'string_split',
  doc: 'The pieces of each text, as many places as the text with most pieces needs, and how many there are.',
  source: 'ONNX StringSplit-20',
  infer: node => {
    const pieces = node.elements(0) === 0 ? 0 : lost;
    return [tensor('string', [...node.shape(0), pieces]), tensor('int64', node.shape(0))];
  },
  cost: () => TEXT,
  onnx: { StringSplit: {} },
  examples: [{ in: ['string[0]'], out: ['string[0,0]', 'int64[0]'] }],
});

/** Attribute removes: whether there are words to be left out, so that fewer may come out. */
export const stringNormalizer = defineOp({
  name: 'string_normalizer',
  doc: 'Texts in one case, without stop words.',
  source: 'ONNX StringNormalizer-10',
  infer: node =>
    node.flag('removes', false)
      ? [tensor('string', [...node.shape(0).slice(0, -1), lost])]
      : [tensor('string', node.shape(0))],
  cost: () => TEXT,
  onnx: { StringNormalizer: node => ({ attrs: { removes: node.attr('stopwords') !== undefined } }) },
  examples: [{ in: ['string[3]'], out: ['string[3]'] }],
});

/** Attribute size: of the vocabulary. */
export const tfidf = defineOp({
  name: 'tfidf',
  doc: 'How often each n-gram of a vocabulary occurs.',
  source: 'ONNX TfIdfVectorizer-9',
  infer: node => [tensor('float32', [...node.shape(0).slice(0, -1), node.number('size')])],
  cost: () => TEXT,
  onnx: { TfIdfVectorizer: node => ({ attrs: { size: Math.max(...node.numbersOf('ngram_indexes')) + 1 } }) },
  examples: [{ in: ['int64[2,12]'], attrs: { size: 7 }, out: ['float32[2,7]'] }],
});
