/**
 * The panel beside the source, and its twin that shows an `.onnx` file: a webview that asks by typed calls and is told
 * of every change. It may be hidden, thrown away and loaded again at any time: all it needs comes with its hello.
 */
import { randomBytes } from 'node:crypto';
import { env, l10n, Range, Uri, ViewColumn, type Webview, type WebviewPanel, window, workspace } from 'vscode'; // prettier-ignore
import type { Log } from '../base/ports';
import { Store } from '../base/store';
import type { PanelCalls, PanelEvents, PanelProfile, PanelState, PanelTarget } from '../protocol/panel';
import { type Channel, type Handlers, serve, type Server } from '../protocol/rpc';
import type { Place } from '../report/view';
import type { Documents } from './documents';
import { views } from './ids';
import type { Inputs } from './inputs';
import { panelHtml } from './panelHtml';
import { type Profiles, standing } from './profiles';
import { applySuggestion } from './suggestions';
import { columnOf } from './targets';

export interface PanelOptions {
  readonly extension: Uri;
  readonly documents: Documents;
  readonly inputs: Inputs;
  readonly log: Log;
  readonly profiles: Profiles;
  readonly profile: (file: Uri, model: string) => Promise<void>;
  readonly chooseRegion: () => Promise<void>;
  readonly chooseDevice: () => Promise<void>;
  readonly store: Store;
}

export interface Panels {
  /** Shows the costs of a file beside what is there now. */
  open(file: Uri, target: PanelTarget): void;
  /** The file whose panel is in front of the user. */
  active(): Uri | undefined;
  /** Fills a webview that the editor made, such as that of a custom editor. */
  fill(panel: WebviewPanel, file: Uri): void;
}

const ANYWHERE: PanelTarget = { model: null, tab: null };

interface Open {
  readonly panel: WebviewPanel;
  /** What the page is to show when it says hello: once, since what the user chose afterwards is the page's own matter. */
  target: PanelTarget;
  /** The page is there and listens. It goes when the panel is hidden, and comes anew. */
  greeted: boolean;
  server?: Server<PanelEvents>;
}

export function createPanels(options: PanelOptions): Panels {
  const opened = new Map<string, Open>();
  /** The editor's own, of `.onnx` files. */
  const editors = new Map<string, Open>();
  const attached = new Set<Store>();
  options.store.defer(() => attached.forEach(store => store.dispose()));
  const keep = (panel: WebviewPanel, file: Uri, target: PanelTarget, among = opened): void => {
    const key = file.toString();
    const open: Open = { panel, target, greeted: false };
    const store = new Store();
    attached.add(store);
    among.set(key, open);
    panel.onDidDispose(() => {
      store.dispose();
      attached.delete(store);
      if (among.get(key) === open) among.delete(key);
    });
    attach(open, file, options, store);
  };
  options.store.add(
    window.registerWebviewPanelSerializer(views.panel, {
      deserializeWebviewPanel: (panel, state: unknown) => {
        const file = fileOf(state);
        if (file === undefined || opened.has(file.toString())) panel.dispose();
        else keep(panel, file, ANYWHERE);
        return Promise.resolve();
      },
    }),
  );
  return {
    active: () => [...opened, ...editors].flatMap(([key, { panel }]) => (panel.active ? [Uri.parse(key)] : []))[0],
    fill: (panel, file) => keep(panel, file, ANYWHERE, editors),
    open: (file, target) => {
      const known = opened.get(file.toString()) ?? editors.get(file.toString());
      if (known) {
        if (known.greeted) known.server?.emit('show', target);
        else known.target = target;
        known.panel.reveal(undefined, true);
        return;
      }
      const place = { viewColumn: ViewColumn.Beside, preserveFocus: true };
      keep(window.createWebviewPanel(views.panel, l10n.t('Costs: {0}', nameOf(file)), place), file, target);
    },
  };
}

/** What the panel saved, by which it is found again after a restart. */
function fileOf(state: unknown): Uri | undefined {
  const file = typeof state === 'object' && state !== null && 'file' in state ? state.file : undefined;
  return typeof file === 'string' ? Uri.parse(file) : undefined;
}

const nameOf = (file: Uri): string => file.path.split('/').at(-1) ?? file.path;

function attach(open: Open, file: Uri, options: PanelOptions, store: Store): void {
  const { panel } = open;
  const { documents, extension, inputs, log, profiles } = options;
  const key = file.toString();
  store.add(
    panel.onDidChangeViewState(() => {
      if (!panel.visible) open.greeted = false;
    }),
  );
  panel.iconPath = Uri.joinPath(extension, 'media', 'icons', 'panel.svg');
  panel.webview.options = { enableScripts: true, localResourceRoots: [Uri.joinPath(extension, 'dist', 'webview')] };
  store.add(documents.retain(file));
  const state = (): PanelState => {
    const { report, advice, adviceVersion, version, problem, stale, busy } = documents.of(file);
    const givenInputs = inputs.of(key).map(({ model }) => model);
    const editable = !stale && adviceVersion === version;
    const name = workspace.asRelativePath(file);
    const kept = [...profiles.of(key)].map(([model, profile]): [string, PanelProfile] => [
      model,
      {
        result: profile.result,
        estimate: profile.model.estimate,
        standing: standing(
          profile,
          report?.models.find(({ name }) => name === model),
        ),
        when: profile.when,
        earlier: profiles.earlier(key, model).map(({ result, when }) => ({ result, when })),
      },
    ]);
    return {
      name,
      report,
      advice,
      problem,
      stale,
      busy,
      givenInputs,
      editable,
      profiles: Object.fromEntries(kept),
    };
  };
  const handlers: Handlers<PanelCalls> = {
    hello: () => {
      const { target } = open;
      open.target = ANYWHERE;
      open.greeted = true;
      return { language: env.language, bundle: l10n.bundle ?? {}, file: key, target, state: state() };
    },
    reveal: ({ place }) => reveal(documents.locate(place.file, file), place),
    analyze: () => {
      documents.reports.refresh(key);
      return null;
    },
    profile: async ({ model }) => nothing(options.profile(file, model)),
    apply: async ({ id }) => ({ applied: await applySuggestion(documents, file, id) }),
    setInputs: async ({ model, specs }) => nothing(inputs.remember(key, inputKey(file, model), specs)),
    chooseRegion: async () => nothing(options.chooseRegion()),
    chooseDevice: async () => nothing(options.chooseDevice()),
  };
  const onFault = (error: unknown, method: string): void =>
    log.error(`panel, ${method}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  const server = serve<PanelCalls, PanelEvents>(channelTo(panel), handlers, { onFault });
  open.server = store.add(server);
  const tell = (changed: Uri): void => {
    // A page that is hidden is gone: it asks when it comes anew.
    if (changed.toString() === key && open.greeted) server.emit('state', state());
  };
  store.add(documents.onChange(tell));
  store.add(profiles.onChange(changed => tell(Uri.parse(changed))));
  panel.webview.html = page(panel.webview, extension, nameOf(file));
}

/** The only model of an `.onnx` file is remembered without its name, which may be anything. */
export const inputKey = (file: Uri, model: string): string => (file.path.endsWith('.onnx') ? '' : model);

async function nothing(work: Promise<unknown>): Promise<null> {
  await work;
  return null;
}

async function reveal(file: Uri, { line, column }: Place): Promise<null> {
  const at = Math.max(0, line - 1);
  // In the group where the file is open already, not over the panel.
  const selection = new Range(at, column, at, column);
  await window.showTextDocument(file, { viewColumn: columnOf(file), selection });
  return null;
}

function page(webview: Webview, extension: Uri, title: string): string {
  const served = (name: string): string => webview.asWebviewUri(Uri.joinPath(extension, 'dist', 'webview', name)).toString(); // prettier-ignore
  return panelHtml({
    nonce: randomBytes(16).toString('hex'),
    source: webview.cspSource,
    script: served('panel.js'),
    style: served('panel.css'),
    title,
    waiting: l10n.t('Reading the model…'),
  });
}

const channelTo = (panel: WebviewPanel): Channel => {
  let open = true;
  panel.onDidDispose(() => (open = false));
  return {
    send: message => {
      if (!open) throw new Error('the panel is closed');
      void panel.webview.postMessage(message);
    },
    onMessage: handler => panel.webview.onDidReceiveMessage(handler),
    onClose: handler => panel.onDidDispose(handler),
  };
};
