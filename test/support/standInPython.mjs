// Plays a Python with PyTorch: reads the script and the job from its input as the real one does, then answers as told.
//   node standInPython.mjs SCENARIO … LENGTH
const scenario = process.argv[2];
const length = Number(process.argv.at(-1));
const say = event => process.stdout.write(`${JSON.stringify(event)}\n`);
const fail = (code, message) => {
  say({ event: 'error', code, message, traceback: `Traceback (most recent call last):\n  …\n${message}` });
  process.exitCode = 3;
  process.stdin.destroy();
};

let input = '';
process.stdin.setEncoding('utf8').on('data', chunk => {
  input += chunk;
  const lines = input.slice(length).split('\n');
  if (lines.length > 1 && !started) start(JSON.parse(lines[0]));
  if (lines[1] === 'go' && lines.length > 2) finish();
});
let started = false;
let job;

function start(asked) {
  started = true;
  job = asked;
  say({ event: 'stage', stage: 'importing' });
  process.stderr.write('a warning of the user’s code\n');
  process.stdout.write('not JSON\n');
  switch (scenario) {
    case 'hangs':
      return setInterval(() => undefined, 1000);
    case 'crashes':
      return process.kill(process.pid, 'SIGSEGV');
    case 'exits':
      return process.exit(5);
    case 'takes-memory':
      return process.exit(77);
    case 'ok':
    case 'differs':
    case 'hangs-measuring':
      return say({ event: 'ready' });
    default:
      return fail(scenario, `Error: ${scenario}\nsecond line`);
  }
}

let done = false;
function finish() {
  if (done) return;
  done = true;
  if (scenario === 'hangs-measuring') return setInterval(() => undefined, 1000);
  const windows = Array.from({ length: 10 }, () => ({ seconds: 1, runs: 100, medianS: 0.01 }));
  say({ event: 'window', seconds: job.seconds / 2, latencyS: 0.01 });
  say({ event: 'measured' });
  say({
    ...{ event: 'result', torch: '9.9', device: 'cpu', deviceName: null, threads: 2, peakBytes: 1e6, backward: null },
    ...{ parameters: scenario === 'differs' ? 7 : 15, flops: scenario === 'differs' ? 8 : 24 },
    ...{ outputs: ['float32[1,3]'], steady: true, windows, runs: 1000, seconds: 10, cpuS: 5 },
    ...{ fastestS: 0.009, slowestS: 0.02, p95S: 0.011 },
    modules: [
      { path: '', selfS: 0.001 },
      { path: 'fc', selfS: 0.003 },
      { path: 'unread', selfS: 0.001 },
    ],
  });
  process.stdin.destroy();
}
