/**
 * Use case: read a file, count every model in it, estimate time, energy and carbon. Runs in the analysis worker for
 * the editor and in-process for the command line; the world comes in through ports.
 */
import { InputError } from '../base/findings';
import type { Git } from '../base/git';
import { text } from '../base/text';
import type { Grid } from '../data/grids';
import { gridCountries, guessRegion } from '../data/grids';
import type { Device, Host } from '../estimate/device';
import { deviceByName, deviceNames, hostDevice } from '../estimate/device';
import { estimate } from '../estimate/roofline';
import { rollUp } from '../estimate/rollup';
import type { FileRead, Live, ModelRead, World } from '../frontends/frontend';
import { Memories } from '../frontends/frontend';
import { frontendFor } from '../frontends/index';
import { parseInputSpec } from '../frontends/input';
import type { Graph } from '../ir/graph';
import type { AnalyzeRequest, Choices } from '../protocol/analysis';
import type { AssumptionReport, FileReport, ModelReport } from '../report/view';
import { SCHEMA_VERSION } from '../report/view';
import type { Costed } from './fileReport';
import { gapReport, modelReport } from './fileReport';
import { generationOf, parseGenerate } from './generation';
import { gridOf, isGuessed } from './grid';
import { growthOf } from './growth';

export interface AnalysisPorts {
  readonly world: World;
  readonly host: Host;
  /** IANA name, for the guess of a region. */
  readonly timeZone: string;
  /** Where there is none nothing can be compared with earlier versions. */
  readonly git?: Git;
  /** What is kept between requests, where there are several. */
  readonly kept?: Kept;
  /** Lets other requests be heard. */
  readonly pause?: () => Promise<void>;
}

/** Results that hold as long as what they were made of is the same. */
export class Kept {
  readonly memories = new Memories();
  readonly settings = new Map<string, Setting>();
  readonly costs = new WeakMap<Graph, Map<Setting, Costed>>();
  readonly reports = new WeakMap<ModelRead, Map<Setting, ModelReport>>();
}

/** What an estimate stands on. */
export interface Setting {
  readonly device: Device;
  readonly grid: Grid;
  readonly assumptions: readonly AssumptionReport[];
}

export async function analyze(request: AnalyzeRequest, ports: AnalysisPorts): Promise<FileReport> {
  const read = await readFile(request, ports);
  const setting = settingFor(request, ports);
  const generate = request.generate === undefined ? undefined : parseGenerate(request.generate);
  return {
    schemaVersion: SCHEMA_VERSION,
    file: request.path,
    models: await Promise.all(
      read.models.map(async model => ({
        ...reportModel(request.path, model, setting, ports),
        ...(request.growth === true && {
          growth: await growthOf(model, request.inputs, (name, inputs) =>
            readFile({ ...request, model: name, inputs }, ports),
          ),
        }),
        ...(generate !== undefined &&
          model.graph !== undefined && {
            generation: await generationOf(model.name, request.path, generate, past => readFile({ ...request, model: model.name }, ports, {}, past)), // prettier-ignore
          }),
      })),
    ),
    diagnostics: read.gaps.map(gap => gapReport(request.path, gap)),
  };
}

export async function readFile(
  request: AnalyzeRequest,
  ports: AnalysisPorts,
  following: Omit<Live, 'memories'> = {},
  past?: number,
): Promise<FileRead> {
  const frontend = frontendFor(request.path);
  if (frontend === undefined)
    throw new InputError(
      'unsupported-file',
      text('"{0}" is not a kind of file that ModelWatt reads', request.path),
      text('give a .py, .ipynb or .onnx file'),
    );
  const { path, model, args, searchPath } = request;
  const inputs = request.inputs.map(parseInputSpec);
  const world = withUnsaved(request, ports.world);
  return frontend.read(
    { path, inputs, searchPath, ...(model !== undefined && { model }), ...(args !== undefined && { args }), ...(past !== undefined && { past }) }, // prettier-ignore
    world,
    ports.kept && { ...following, memories: ports.kept.memories },
  );
}

export function reportModel(
  file: string,
  read: ModelRead,
  setting: Setting,
  { kept }: Pick<AnalysisPorts, 'kept'>,
): ModelReport {
  const { graph } = read;
  return keptOr(kept?.reports, read, setting, () =>
    modelReport(file, read, graph && keptOr(kept?.costs, graph, setting, () => costed(graph, setting))),
  );
}

function keptOr<K extends object, T>(
  kept: WeakMap<K, Map<Setting, T>> | undefined,
  key: K,
  setting: Setting,
  make: () => T,
): T {
  const known = kept?.get(key);
  const found = known?.get(setting) ?? make();
  if (known !== undefined) known.set(setting, found);
  else kept?.set(key, new Map([[setting, found]]));
  return found;
}

export function costed(graph: Graph, setting: Setting): Costed {
  const cost = rollUp(graph);
  const { device, grid, assumptions } = setting;
  const modelled = estimate(graph, cost, device, grid.intensity);
  return { graph, cost, estimate: modelled, device: device.name, gridGPerKWh: grid.intensity, assumptions };
}

export function settingFor(request: Pick<AnalyzeRequest, 'device' | 'region'>, ports: AnalysisPorts): Setting {
  const key = JSON.stringify([request.device, request.region]);
  const known = ports.kept?.settings.get(key);
  if (known !== undefined) return known;
  const made = makeSetting(request, ports);
  ports.kept?.settings.set(key, made);
  return made;
}

function makeSetting(request: Pick<AnalyzeRequest, 'device' | 'region'>, ports: AnalysisPorts): Setting {
  const device = deviceFor(request.device, ports.host);
  const grid = gridOf(request.region, ports.timeZone);
  const [here, guessed] = [isThisMachine(request.device), isGuessed(request.region)];
  const assumptions: AssumptionReport[] = [
    {
      name: 'device',
      value: device.name,
      unit: '',
      basis: here ? 'measured' : 'assumed',
      source: here ? 'the processor of this machine' : 'chosen',
    },
    { name: 'power', value: device.power.value, unit: 'W', basis: device.power.basis, source: device.power.source },
    {
      name: 'region',
      value: grid.region,
      unit: '',
      basis: 'assumed',
      source: guessed ? `guessed from the time zone ${ports.timeZone}` : 'chosen',
    },
    {
      name: 'intensity',
      value: grid.intensity.value,
      unit: 'gCO2e/kWh',
      basis: grid.intensity.basis,
      source: grid.source,
    },
    {
      name: 'PUE',
      value: 1,
      unit: '',
      basis: 'assumed',
      source: 'a machine of your own, without a data centre around it',
    },
  ];
  return { device, grid, assumptions };
}

export const choices = (ports: AnalysisPorts): Choices => ({
  devices: deviceNames(),
  regions: gridCountries(),
  guessedRegion: guessRegion(ports.timeZone) ?? null,
});

type Absent = '' | 'auto' | undefined;
const isThisMachine = (name: string | undefined): name is Absent =>
  name === undefined || name === '' || name === 'auto';

function deviceFor(name: string | undefined, host: Host): Device {
  if (isThisMachine(name)) return hostDevice(host);
  const device = deviceByName(name);
  if (device !== undefined) return device;
  throw new InputError(
    'unknown-device',
    text('no figures for a device named "{0}"', name),
    text('choose a device from the list, or leave it out to use this machine'),
  );
}

/** Texts of the request stand for the files on disk. */
export function withUnsaved({ path: own, text: unsaved, texts = {} }: AnalyzeRequest, world: World): World {
  const given = new Map(Object.entries(texts));
  if (unsaved !== undefined) given.set(own, unsaved);
  if (given.size === 0) return world;
  return {
    ...world,
    stamp: path => (given.has(path) ? undefined : world.stamp?.(path)),
    readText: path => {
      const known = given.get(path);
      return known === undefined ? world.readText(path) : Promise.resolve(known);
    },
  };
}
