/**
 * What a command line starts: its simple commands, freed of what only carries them (environment, `nohup`, `uv run`,
 * `srun`, …). Knows POSIX shells, and Windows' as far as their paths and quotes go. Nothing is expanded.
 */
export interface SimpleCommand {
  /** Without folders and `.exe`, in lower case. */
  readonly program: string;
  readonly args: readonly string[];
}

/** What a Python interpreter is asked to run. */
export interface PythonCall {
  readonly kind: 'script' | 'module' | 'code';
  /** A path, a dotted name, or the code itself. */
  readonly target: string;
  readonly args: readonly string[];
}

const MOST_CHARACTERS = 10_000;

export function simpleCommands(line: string): readonly SimpleCommand[] {
  return pieces(line.slice(0, MOST_CHARACTERS)).flatMap(words => carried(words) ?? []);
}

export function pythonCall({ program, args }: SimpleCommand): PythonCall | undefined {
  if (!/^(python[\d.]*w?|py|ipython[\d.]*|pypy[\d.]*)$/.test(program)) return undefined;
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    const rest = args.slice(at + 2);
    const next = args[at + 1];
    if (word === '-m') return next === undefined ? undefined : { kind: 'module', target: next, args: rest };
    if (word === '-c') return next === undefined ? undefined : { kind: 'code', target: next, args: rest };
    if (word === '-W' || word === '-X') at++;
    else if (word === '-') return undefined;
    else if (!word.startsWith('-')) return { kind: 'script', target: word, args: args.slice(at + 1) };
  }
  return undefined;
}

/** Words of each simple command. Operators end one; quotes keep a word together. */
function pieces(line: string): readonly (readonly string[])[] {
  const all: string[][] = [[]];
  let word: string | undefined;
  const end = (): void => {
    if (word !== undefined) all.at(-1)?.push(word);
    word = undefined;
  };
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (char === '"' || char === "'") {
      const close = closing(line, at, char);
      word = `${word ?? ''}${line.slice(at + 1, close)}`;
      at = close;
    } else if (char === '\\' && /[\s"'\\;&|]/.test(line.charAt(at + 1))) {
      at++;
      // At the end of a line it joins the next.
      if (line.charAt(at) !== '\n') word = `${word ?? ''}${line.charAt(at)}`;
    } else if (/[;&|\n()]/.test(char)) {
      end();
      all.push([]);
    } else if (/\s/.test(char)) end();
    else if (char === '#' && word === undefined) {
      while (at + 1 < line.length && line.charAt(at + 1) !== '\n') at++;
    } else if (/[<>]/.test(char)) {
      // A file descriptor before it is no word, nor is the file behind it.
      if (word !== undefined && /^\d$/.test(word)) word = undefined;
      end();
      while (/[<>&\s]/.test(line.charAt(at + 1))) at++;
      while (at + 1 < line.length && !/[\s;&|]/.test(line.charAt(at + 1))) at++;
    } else word = `${word ?? ''}${char}`;
  }
  end();
  return all.filter(words => words.length > 0);
}

function closing(line: string, open: number, quote: string): number {
  for (let at = open + 1; at < line.length; at++) {
    if (line.charAt(at) === '\\' && quote === '"') at++;
    else if (line.charAt(at) === quote) return at;
  }
  return line.length;
}

/** Programs that run another one, with those of their options that take a word. */
const CARRIERS: Readonly<Record<string, readonly string[]>> = {
  env: ['-u', '-C'],
  nohup: [],
  time: ['-f', '-o'],
  nice: ['-n'],
  ionice: ['-c', '-n'],
  sudo: ['-u', '-g'],
  stdbuf: ['-i', '-o', '-e'],
  unbuffer: [],
  setsid: [],
  exec: [],
  command: [],
  caffeinate: ['-t', '-w'],
  taskset: ['-c'],
  numactl: [],
  timeout: ['-s', '-k'],
  'systemd-run': ['-p', '--unit'],
  srun: ['-n', '-N', '-p', '-c', '-t', '-J', '-w', '-A', '-q', '-o', '-e', '-G'],
  mpirun: ['-n', '-np', '-H', '--host', '--hostfile', '-x', '--mca', '--bind-to', '--map-by'],
  mpiexec: ['-n', '-np', '-H', '--host', '--hostfile', '-x'],
  horovodrun: ['-np', '-H', '--hostfile'],
  xvfb: [],
  'xvfb-run': ['-s', '-n'],
  call: [],
  start: [],
};

/** Carriers whose first words are a command of their own: `uv run`, `conda run -n name`. */
const RUNNERS: Readonly<Record<string, readonly string[]>> = {
  uv: ['-p', '--python', '--with', '--extra', '--group', '--env-file', '--project', '--directory'],
  poetry: ['-C', '--directory'],
  pipenv: [],
  pdm: ['-p'],
  hatch: ['-e'],
  rye: [],
  pixi: ['-e', '--manifest-path'],
  conda: ['-n', '-p', '--name', '--prefix', '--cwd'],
  mamba: ['-n', '-p', '--name', '--prefix', '--cwd'],
  micromamba: ['-n', '-p', '--name', '--prefix', '--cwd'],
};

function carried(words: readonly string[]): SimpleCommand | undefined {
  let rest = words;
  for (let steps = 0; steps < words.length; steps++) {
    const [first] = rest;
    if (first === undefined) return undefined;
    const program = programName(first);
    if (/^[A-Za-z_]\w*=/.test(first) || first === '{' || first === '!') rest = rest.slice(1);
    else if (/^\$env:/i.test(first) || first === 'set' || first === 'export') return undefined;
    else if (CARRIERS[program] !== undefined) rest = afterOptions(program, rest.slice(1), CARRIERS[program]);
    else if (RUNNERS[program] !== undefined && rest[1] === 'run')
      rest = afterOptions(program, rest.slice(2), RUNNERS[program]);
    else return { program, args: rest.slice(1) };
  }
  return undefined;
}

function afterOptions(program: string, words: readonly string[], withWord: readonly string[]): readonly string[] {
  let at = 0;
  while (words[at]?.startsWith('-') === true && words[at] !== '--') at += withWord.includes(words[at] ?? '') ? 2 : 1;
  if (words[at] === '--') at++;
  // `timeout 10m …`, `taskset 0x3 …`
  if (/^(timeout|taskset)$/.test(program) && /^[\da-fx,.-]+[smhd]?$/i.test(words[at] ?? '')) at++;
  return words.slice(at);
}

export const baseName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

const programName = (word: string): string =>
  baseName(word)
    .toLowerCase()
    .replace(/\.(exe|cmd|bat)$/, '');
