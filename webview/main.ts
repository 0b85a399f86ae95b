/** The panel: says hello to the host, draws what it answers, and again whenever the host's state or a choice changes. */
import type { PanelHello, PanelTab } from '../src/protocol/panel';
import { InputError } from '../src/base/findings';
import { isCancelled } from '../src/protocol/rpc';
import { registerControls, tabs } from './controls';
import { h } from './dom';
import { connect, type Connection } from './rpc';
import { type Actions, type Choices, type Context, restoreChoices, show, type View } from './state';
import { createEnergy } from './views/energy';
import { createGaps } from './views/gaps';
import { createHeader } from './views/header';
import { createInputs } from './views/inputs';
import { createLayers } from './views/layers';
import { createMeasured } from './views/measured';
import { createPicture } from './views/picture';
import { createSuggestions } from './views/suggestions';
import { createSummary } from './views/summary';
import { createWords } from './words';

registerControls();
start(connect()).catch((error: unknown) => {
  // Without its hello the page has no words of its own; what waits there would wait for ever.
  document.body.replaceChildren(h('p', { class: 'empty' }, error instanceof Error ? error.message : String(error)));
});

async function start(connection: Connection): Promise<void> {
  const hello = await connection.client.call('hello', null);
  new Panel(connection, hello).redraw();
}

class Panel {
  readonly #views: readonly View[];
  readonly #select: (tab: PanelTab) => void;
  readonly #count: (tab: PanelTab, count: number) => void;
  readonly #parts: HTMLElement;
  readonly #alert = h('div', { class: 'alert', attributes: { role: 'alert' } });
  readonly #context: Context;
  #state;
  #choices: Choices;

  constructor(
    readonly connection: Connection,
    readonly hello: PanelHello,
  ) {
    const { client, load } = connection;
    const words = createWords(hello.language, hello.bundle);
    document.documentElement.lang = hello.language;
    this.#state = hello.state;
    this.#choices = withTarget(restoreChoices(load()), hello.target);
    this.#context = { words, actions: this.#actions() };
    const header = createHeader(this.#context);
    const summary = createSummary(this.#context);
    const parts = this.#tabs();
    this.#views = [header, summary, ...parts.views];
    this.#select = parts.select;
    this.#count = parts.count;
    this.#parts = parts.element;
    document.body.replaceChildren(h('main', {}, header.element, this.#alert, summary.element, parts.element));
    client.on('state', state => {
      this.#state = state;
      this.redraw();
    });
    client.on('show', target => {
      this.#choose(withTarget(this.#choices, target));
      if (target.tab) this.#select(target.tab);
    });
  }

  redraw(): void {
    const shown = show(this.#state, this.#choices);
    for (const view of this.#views) view.update(shown);
    // Where there is nothing to show, the message says why; empty parts below it would say nothing.
    const { problem, report } = this.#state;
    this.#parts.hidden = shown.model === undefined && (problem !== null || report?.models.length === 0);
    this.#count('suggestions', shown.suggestions.length);
    this.#count('gaps', shown.model?.gaps.length ?? 0);
  }

  #tabs() {
    const { l10n } = this.#context.words;
    const all = [
      { id: 'layers', label: l10n.t('Layers'), view: createLayers(this.#context) },
      { id: 'picture', label: l10n.t('Picture'), view: createPicture(this.#context) },
      { id: 'energy', label: l10n.t('Energy'), view: createEnergy(this.#context) },
      { id: 'measured', label: l10n.t('Measured'), view: createMeasured(this.#context) },
      { id: 'suggestions', label: l10n.t('Greener Options'), view: createSuggestions(this.#context) },
      { id: 'inputs', label: l10n.t('Inputs'), view: createInputs(this.#context) },
      { id: 'gaps', label: l10n.t('Not Read'), view: createGaps(this.#context) },
    ] as const;
    const strip = tabs<PanelTab>({
      label: l10n.t('Parts of the report'),
      tabs: all.map(({ id, label, view }) => ({ id, label, content: view.element })),
      active: this.#choices.tab,
      onChange: tab => this.#choose({ tab }),
    });
    return { ...strip, views: all.map(({ view }) => view) };
  }

  #choose(choices: Partial<Choices>): void {
    this.#choices = { ...this.#choices, ...choices };
    this.connection.save({ ...this.#choices, file: this.hello.file });
    this.redraw();
  }

  #actions(): Actions {
    const { client } = this.connection;
    const model = (): string => show(this.#state, this.#choices).model?.name ?? '';
    return {
      choose: choices => this.#choose(choices),
      reveal: place => this.#ask(client.call('reveal', { place })),
      analyze: () => this.#ask(client.call('analyze', null)),
      profile: () => this.#ask(client.call('profile', { model: model() })),
      apply: id => this.#ask(client.call('apply', { id })),
      setInputs: specs => this.#ask(client.call('setInputs', { model: model(), specs })),
      chooseRegion: () => this.#ask(client.call('chooseRegion', null)),
      chooseDevice: () => this.#ask(client.call('chooseDevice', null)),
    };
  }

  /** What the host refuses is said here, where the user asked; faults of ours are in its log. */
  #ask(answer: Promise<unknown>): void {
    const { l10n, say } = this.#context.words;
    this.#alert.replaceChildren();
    answer.catch((error: unknown) => {
      if (isCancelled(error)) return;
      const words =
        error instanceof InputError
          ? [say(error.text), error.remedy && say(error.remedy)].filter(Boolean).join(': ')
          : l10n.t('That did not work; the log says more.');
      this.#alert.replaceChildren(words);
    });
  }
}

const withTarget = (choices: Choices, { model, tab }: PanelHello['target']): Choices => ({
  ...choices,
  ...(model !== null && model !== choices.model && { model, zoom: { path: '', first: 0 }, scroll: 0 }),
  ...(tab !== null && { tab }),
});
