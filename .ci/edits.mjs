// Edits of a Python file as somebody makes them while working on a model, from a seed: the same seed gives the same edits.
// Half of them change a shape or a parameter, a tenth a block that all builders use; the rest are half-typed states,
// comments, blank lines, renamed variables, and undoing.

/** A small generator of pseudo-random numbers (mulberry32). */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** How often each class of edit comes, of 20. */
const SHARES = { parameter: 9, block: 2, typing: 4, comment: 2, line: 1, rename: 1, undo: 1 };
export const CLASSES = Object.keys(SHARES);

/**
 * Yields `{ kind, text, line }`: the class of the edit, the text after it, and the line of the cursor from 1.
 * A half-typed edit is followed by the rest of its keystrokes, each an edit of its own.
 */
export function* edits(original, { seed, count }) {
  const random = randomFrom(seed);
  const pick = list => list[Math.floor(random() * list.length)];
  const done = Object.fromEntries(CLASSES.map(kind => [kind, 0]));
  const history = [];
  let text = original;
  let made = 0;
  const step = (kind, next, at) => {
    made++;
    done[kind]++;
    history.push(text);
    text = next;
    return { kind, text, line: lineOf(text, Math.min(at, text.length)) };
  };
  while (made < count) {
    // Files wander off with every edit: from time to time one begins anew.
    if (made % 40 === 39) {
      yield step('undo', original, 0);
      continue;
    }
    // Whichever is behind its share.
    const kind = pick(CLASSES.filter(name => done[name] * 20 <= SHARES[name] * made));
    const change = kind === 'undo' ? undefined : makers[kind](text, random, pick);
    if (kind === 'undo' && history.length > 0) {
      const before = history.pop();
      yield step('undo', before, differsAt(text, before));
    } else if (change !== undefined) {
      const states = kind === 'typing' ? change.states : [change.text];
      for (const state of states) if (made < count) yield step(kind, state, change.at);
    }
  }
}

const makers = {
  /** Another number in a call inside of a function or a class: a width, a kernel, a depth. */
  parameter: (text, random, pick) => {
    const place = pick(numbersIn(text));
    if (place === undefined) return undefined;
    const old = Number(place.digits);
    const value = pick([old + 1, old * 2, Math.max(1, Math.floor(old / 2)), Math.max(1, old - 1)]);
    return replaced(text, place.at, place.digits.length, String(value));
  },
  /** A number in the class that most functions of the file lead to. */
  block: (text, random, pick) => {
    const [from, to] = sharedBlock(text);
    const place = pick(numbersIn(text).filter(({ at }) => at >= from && at < to));
    if (place === undefined) return undefined;
    return replaced(text, place.at, place.digits.length, String(Number(place.digits) + pick([1, 2])));
  },
  /** A statement typed letter by letter into a function's body. */
  typing: (text, random, pick) => {
    const at = pick(lineEnds(text));
    const indent = /^ */.exec(text.slice(text.lastIndexOf('\n', at - 1) + 1, at))[0];
    const statement = pick(['width = max(8, 2 * 4)', 'sizes = [3, (4, 5)]', 'note = f"{1 + 1} layers"']);
    const states = [];
    for (let length = 0; length <= statement.length; length += 5)
      states.push(`${text.slice(0, at)}\n${indent}${statement.slice(0, length)}${text.slice(at)}`);
    states.push(`${text.slice(0, at)}\n${indent}${statement}${text.slice(at)}`);
    return { states, at: at + 1 + indent.length };
  },
  comment: (text, random, pick) => {
    const at = pick(lineEnds(text));
    return replaced(text, at, 0, `  # ${pick(['why?', 'wider', 'see the paper'])}`);
  },
  line: (text, random, pick) => replaced(text, pick(lineEnds(text)), 0, '\n'),
  rename: (text, random, pick) => {
    const names = Array.from(text.matchAll(/^ {8}(\w+) = /gm), match => match[1]);
    const name = pick(names);
    if (name === undefined) return undefined;
    const next = text.replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `${name}_`);
    return { text: next, at: differsAt(text, next) };
  },
};

const replaced = (text, at, length, by) => ({ text: text.slice(0, at) + by + text.slice(at + length), at });

/** Whole numbers among the arguments of calls in indented lines. */
const numbersIn = text =>
  Array.from(text.matchAll(/^ {4,}.*$/gm)).flatMap(({ 0: line, index }) =>
    Array.from(line.matchAll(/(?<=[(,=] ?\[?)\b([1-9]\d{0,3})\b(?=[,)\]])/g), match => ({
      at: index + match.index,
      digits: match[1],
    })),
  );

/** Ends of lines of code inside of functions. */
const lineEnds = text =>
  Array.from(text.matchAll(/^ {8}[\w.]+(?: = |\()[^\n\\"']*[)\w]$/gm), ({ 0: line, index }) => index + line.length);

/** From and to of the first class whose name other definitions mention most. */
function sharedBlock(text) {
  const classes = Array.from(text.matchAll(/^class (\w+)\(nn\.Module\)[^]*?(?=^\S|(?![^]))/gm));
  const uses = ([, name]) => text.split(new RegExp(`\\b${name}\\b`)).length;
  const [best] = classes.sort((one, other) => uses(other) - uses(one));
  return best === undefined ? [0, 0] : [best.index, best.index + best[0].length];
}

function differsAt(one, other) {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}

const lineOf = (text, at) => text.slice(0, at).split('\n').length;
