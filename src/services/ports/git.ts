/**
 * Git as a program beside ours, with plain arguments and no shell. It only reads: which commit is meant, which commits
 * touched a file, what stood in it.
 */
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { tmpdir } from 'node:os';
import { relative, resolve } from 'node:path';
import { InputError } from '../../base/findings';
import type { RunOutcome } from '../../base/ports';
import type { Commit, Git, Repository } from '../../base/git';
import { text } from '../../base/text';
import type { CommitState } from '../../report/run';
import { Objects } from './gitObjects';

/**
 * A repository brings a configuration of its own, and some of its keys name programs. Reading needs none of them:
 * `core.fsmonitor` and hooks would run on looking at files, `log.showSignature` runs gpg, and a partial clone would
 * fetch what is missing through whatever transport the configuration names. Pagers and external diffs run for people
 * and for patches, neither of which is asked for.
 */
const SAFE = [
  '--no-pager',
  '--no-optional-locks',
  '--literal-pathspecs',
  ...['core.fsmonitor=', 'core.hooksPath=/dev/null', 'core.pager=cat', 'log.showSignature=false', 'protocol.allow=never', 'core.quotePath=false'].flatMap(setting => ['-c', setting]), // prettier-ignore
];
/** In a hook git names its own repository to whatever it runs, which need not be that of the file. */
const CALLERS = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_NAMESPACE'];
const environment = (): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !CALLERS.includes(name))),
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  LC_ALL: 'C',
});

/** Started elsewhere, since Windows would look for a `git.exe` in the folder first. */
const start = (folder: string, args: readonly string[]): ChildProcessWithoutNullStreams =>
  spawn('git', [...SAFE, '-C', resolve(folder), ...args], {
    cwd: tmpdir(),
    env: environment(),
    windowsHide: true,
  });

const TIMEOUT_MS = 20_000;
/** The whole history of a busy folder is some megabytes. */
const MOST_BYTES = 64_000_000;

export const nodeGit: Git = {
  open: async folder => {
    const found = await run(folder, ['rev-parse', '--show-prefix']);
    if (found.status === 'missing') return text('git is not installed');
    if (found.status !== 'ok') return /dubious ownership/.test(found.stderr) ? text('git does not trust the owner of this repository') : text('the file is in no git repository'); // prettier-ignore
    return new NodeRepository(folder, found.stdout.replace(/\n$/, ''));
  },
};

/** The commit that a folder stands at, for a record; null where there is none, or no git. */
export async function commitState(folder: string): Promise<CommitState | null> {
  const [head, changes] = await Promise.all([
    run(folder, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']),
    run(folder, ['status', '--porcelain', '--untracked-files=no', '--ignore-submodules=dirty']),
  ]);
  if (head.status !== 'ok') return null;
  return { id: head.stdout.trim(), dirty: changes.status === 'ok' ? changes.stdout !== '' : null };
}

class NodeRepository implements Repository {
  #objects: Objects | undefined = undefined;

  constructor(
    private readonly folder: string,
    /** From the root to the folder, with a slash at the end where it is not empty. */
    private readonly prefix: string,
  ) {}

  pathOf(file: string): string | undefined {
    const path = relative(resolve(this.folder), resolve(file)).replaceAll('\\', '/');
    const parts = [...this.prefix.split('/').filter(part => part !== '')];
    for (const part of path.split('/')) {
      if (part !== '..') parts.push(part);
      else if (parts.pop() === undefined) return undefined;
    }
    return path.startsWith('/') || /^[A-Za-z]:/.test(path) ? undefined : parts.join('/');
  }

  async resolve(revision: string): Promise<string | undefined> {
    const { status, stdout } = await run(this.folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]); // prettier-ignore
    return status === 'ok' ? stdout.trim() : undefined;
  }

  async history(commit: string, paths: readonly string[]): Promise<readonly Commit[]> {
    const format = '--format=%H%x1f%P%x1f%an%x1f%aI%x1f%s';
    const top = paths.map(path => `${'../'.repeat(this.prefix.split('/').length - 1)}${path}`);
    const { status, stdout, stderr } = await run(this.folder, ['log', format, commit, '--', ...top]);
    // No commits would be an answer, and a wrong one.
    if (status !== 'ok') throw new InputError('git-failed', text('git did not list the commits: {0}', stderr.trim() || status)); // prettier-ignore
    return stdout
      .split('\n')
      .filter(line => line !== '')
      .map(line => {
        const [id = '', parents = '', author = '', date = '', subject = ''] = line.split('\x1f');
        return {
          id,
          parents: parents.split(' ').filter(parent => parent !== ''),
          author,
          date,
          subject,
        };
      });
  }

  idOf(commit: string, path: string): Promise<string | undefined> {
    return this.#opened().idOf(commit, path);
  }

  read(commit: string, path: string): Promise<Uint8Array | undefined> {
    return this.#opened().read(commit, path);
  }

  dispose(): void {
    this.#objects?.dispose();
    this.#objects = undefined;
  }

  #opened(): Objects {
    return (this.#objects ??= new Objects(start(this.folder, ['cat-file', '--batch'])));
  }
}

function run(folder: string, args: readonly string[]): Promise<RunOutcome> {
  return new Promise(done => {
    const child = start(folder, args);
    child.stdin.on('error', () => undefined).end();
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    let size = 0;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, TIMEOUT_MS);
    const end = (status: RunOutcome['status']): void => {
      clearTimeout(timer);
      done({
        status,
        stdout: Buffer.concat(out).toString('utf8'),
        stderr: Buffer.concat(err).toString('utf8'),
      });
    };
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MOST_BYTES) child.kill('SIGKILL');
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => void err.push(chunk));
    child.once('error', error => end('code' in error && error.code === 'ENOENT' ? 'missing' : 'failed'));
    child.once('close', code => end(late ? 'timeout' : code === 0 ? 'ok' : 'failed'));
  });
}
