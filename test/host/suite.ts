/**
 * A test runner for the extension host, which has none: tests run one after the other, each prints one line of JSON
 * that the script outside collects.
 */
export interface HostTest {
  readonly name: string;
  readonly body: () => Promise<void> | void;
}

const tests: HostTest[] = [];
const MARK = 'MODELWATT-HOST ';
const LIMIT_MS = 60_000;

export function hostTest(name: string, body: HostTest['body']): void {
  tests.push({ name, body });
}

const say = (line: object): void => console.log(MARK + JSON.stringify(line));

/** Runs every test whose name contains `only`. Rejects if one failed. */
export async function runAll(only = ''): Promise<void> {
  let failed = 0;
  for (const { name, body } of tests.filter(test => test.name.includes(only))) {
    const error = await outcome(body);
    if (error !== undefined) failed++;
    say({ name, error });
  }
  say({ end: true });
  if (failed > 0) throw new Error(`${failed} failed`);
}

async function outcome(body: HostTest['body']): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  try {
    await Promise.race([body(), late]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? described(error) : String(error);
  } finally {
    clearTimeout(timer);
  }
}

/** The message, and those frames of the stack that are in the tests. */
function described({ message, stack = '' }: Error): string {
  const frames = stack.split('\n').filter(line => /^\s+at .*[/\\]out[/\\]host/.test(line));
  return [message, ...frames].join('\n');
}

/** Asks again until `probe` answers something; for what the editor does in its own time. */
export async function eventually<T>(
  what: string | (() => string),
  probe: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const end = Date.now() + LIMIT_MS / 2;
  while (Date.now() < end) {
    const found = await probe();
    if (found !== undefined) return found;
    await new Promise(done => setTimeout(done, 100));
  }
  throw new Error(`${typeof what === 'string' ? what : what()}: not within ${LIMIT_MS / 2000} s`);
}
