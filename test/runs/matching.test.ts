/** Which command lines and cells are training, inference, or neither. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Work } from '../../src/runs/matching';
import { NO_PATTERNS, workOfCell, workOfCommand } from '../../src/runs/matching';

const TORCH = 'import torch\nfrom torch import nn\n';
const SCRIPTS: Readonly<Record<string, string>> = {
  'main.py': `${TORCH}def run():\n    loss.backward()\n    optimizer.step()\nrun()\n`,
  'demo.py': `${TORCH}model.eval()\nwith torch.no_grad():\n    print(model(x))\n`,
  'keras_mnist.py': 'import keras\nmodel.fit(x, y, epochs=3)\n',
  'plots.py': 'import matplotlib\nax.fit(1)\n',
  'mentions.py': `${TORCH}# loss.backward() would train\ns = "model.fit(x)"\nprint(s)\n`,
};

const commands: Readonly<Record<'training' | 'inference' | 'neither', readonly string[]>> = {
  training: [
    'python train.py',
    'python3.11 -u ./src/train.py --epochs 3',
    'CUDA_VISIBLE_DEVICES=0,1 python tools/train_net.py --config x.yaml',
    '/home/me/.venv/bin/python "my models/train resnet.py"',
    'C:\\Python311\\python.exe .\\scripts\\trainResNet.py',
    'cd work && source .venv/bin/activate && python train.py > log.txt 2>&1',
    'python -m torch.distributed.run --nproc_per_node=4 main.py',
    'python -m torch.distributed.launch --nproc_per_node 8 tools/main.py --cfg a',
    'torchrun --standalone --nproc_per_node=gpu multigpu.py 50 10',
    'torchrun --nnodes 2 -m mypkg.worker',
    'accelerate launch --mixed_precision fp16 examples/nlp_example.py',
    'deepspeed --num_gpus 2 ds.py --deepspeed_config ds.json',
    'lightning run model --devices 2 fabric_script.py',
    'mpirun -np 4 -H localhost:4 python pretrain_gpt.py',
    'horovodrun -np 4 python train_mnist.py',
    'srun -N 1 -p gpu --gres=gpu:1 python train.py',
    'nohup python -m mypkg.train &',
    'uv run train.py'.replace('train.py', 'python train.py'),
    'uv run --with torch python finetune_lora.py',
    'poetry run python fine_tune.py',
    'conda run -n torch python pre-train.py',
    'time nice -n 10 python train.py',
    'python main.py train --lr 1e-3',
    'python main.py --mode train',
    'python run.py --do_train --model bert',
    'python examples/run_glue.py --task_name mrpc',
    'python main.py',
    'python keras_mnist.py',
    'python -c "import torch; loss.backward()"',
    'bash scripts/train.sh',
    './train.sh',
    'make train',
    'yolo detect train data=coco8.yaml'.replace('detect ', ''),
    'axolotl train llama.yml',
    'nnUNetv2_train 1 2d 0',
    'fairseq-train data-bin --arch transformer',
    'python train.py && python evaluate.py',
    'timeout 10m python train.py',
  ],
  inference: [
    'python predict.py image.png',
    'python evaluate.py --ckpt a.pt',
    'python main.py --eval-only',
    'python train.py --eval-only',
    'python main.py --mode test_inference'.replace('test_inference', 'inference'),
    'python -m lm_eval --model hf',
    'vllm serve meta-llama/x',
    'python -m vllm.entrypoints.openai.api_server',
    'yolo predict model=yolo11n.pt',
    'trtexec --onnx=m.onnx',
    'python demo.py',
    'torchrun evaluate.py',
  ],
  neither: [
    '',
    '   # python train.py',
    'ls',
    'git commit -m "train.py: train longer"',
    'vim train.py',
    'cat train.py | head',
    'tail -f train.log',
    'rm -rf train',
    'pip install torch',
    'python -m pip install train',
    'python setup.py install',
    'pytest tests/test_train.py',
    'python -m pytest tests/test_train.py',
    'python constrain.py',
    'python download_train_data.py',
    'python plot_training.py',
    'python plots.py',
    'python mentions.py',
    'python unknown.py',
    'python',
    'python -m http.server',
    'sbatch train.sh',
    'modelwatt run -- python train.py',
    'accelerate config',
    'tensorboard --logdir train',
    'echo python train.py',
    'make',
    'docker build -t train .',
    'nvidia-smi',
    'python -m ipykernel_launcher -f train.json',
  ],
};

for (const [work, lines] of Object.entries(commands)) {
  for (const line of lines) {
    test(`${work}: ${line}`, () =>
      assert.equal(workOfCommand(line, NO_PATTERNS, path => SCRIPTS[path]) ?? 'neither', work));
  }
}

const cells: readonly (readonly [Work | undefined, string])[] = [
  ['training', 'for x, y in loader:\n    loss = f(model(x), y)\n    loss.backward()\n    optimizer.step()'],
  ['training', 'history = model.fit(x, y, epochs=5)'],
  ['training', 'trainer.train()'],
  ['training', 'trainer.fit(model, dm)'],
  ['training', 'train(model, loader)'],
  ['training', 'losses = train_one_epoch(model)'],
  ['training', '!python train.py --epochs 3'],
  ['training', '%run train.py'],
  ['training', '%%time\nlearn.fit_one_cycle(3)'],
  ['training', 'class A:\n    def f(self): pass\n\nloss.backward()'],
  ['inference', 'with torch.no_grad():\n    y = model(x)'],
  ['inference', 'y = model.predict(x)'],
  ['inference', 'out = model.generate(**inputs)'],
  ['inference', 'evaluate(model, loader)'],
  [undefined, 'def train(model):\n    loss.backward()\n    optimizer.step()'],
  [undefined, 'class Net(nn.Module):\n    def step(self):\n        self.loss.backward()\n\nnet = Net()'],
  [undefined, 'model.train()'],
  [undefined, 'train_loader = DataLoader(train_set)'],
  [undefined, 'a, b = train_test_split(x, y)'],
  [undefined, 'import torch\nx = torch.ones(3)'],
  [undefined, '# loss.backward()'],
  [undefined, '!pip install torch'],
];

for (const [work, source] of cells) {
  test(`a cell that is ${work ?? 'neither'}: ${source.split('\n').at(-1)}`, () =>
    assert.equal(workOfCell(source), work));
}

test('the user’s patterns come first, in the order never, training, inference', () => {
  const patterns = { training: ['^node burn', 'lab:'], inference: ['\\bserve_it\\b', '(['], never: ['secret'] };
  const work = (line: string, names: readonly string[] = []) => workOfCommand(line, patterns, () => undefined, names);
  assert.equal(work('node burn.js'), 'training');
  assert.equal(work('NODE BURN.js'), 'training');
  assert.equal(work('./x serve_it'), 'inference');
  assert.equal(work('python train.py --secret'), undefined);
  assert.equal(work('sh x', ['Lab: job 4']), 'training');
  assert.equal(work('a ([ b'), 'inference');
  assert.equal(workOfCell('spin()', { ...patterns, training: ['spin\\('] }), 'training');
  assert.equal(workOfCommand('ls', { training: ['', '  '], inference: [], never: [] }), undefined);
});

test('a line that is long or strange ends', () => {
  assert.equal(workOfCommand('\\'.repeat(50_000)), undefined);
  assert.equal(workOfCommand('"'.repeat(50_001)), undefined);
  assert.equal(workOfCommand('env '.repeat(5000)), undefined);
});
