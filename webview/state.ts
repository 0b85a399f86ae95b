/** What the panel shows: the host's state, and the user's choices, which survive hiding and restarting. */
import type { PanelState, PanelTab } from '../src/protocol/panel';
import type { SuggestionReport } from '../src/report/advice';
import type { ProfileResult } from '../src/report/profile';
import type { ModelReport, Place } from '../src/report/view';
import type { Measure, Measured, Sort } from './rows';
import type { Words } from './words';

export interface Choices {
  readonly model: string | null;
  readonly tab: PanelTab;
  readonly sort: Sort;
  readonly filter: string;
  readonly measure: Measure;
  /** Of the table. */
  readonly scroll: number;
  /** Block that fills the picture. */
  readonly zoom: { readonly path: string; readonly first: number };
  /** Height of the picture, in windows. */
  readonly scale: number;
}

const TABS: readonly PanelTab[] = ['layers', 'picture', 'energy', 'measured', 'suggestions', 'inputs', 'gaps'];

const MEASURES: readonly Measure[] = ['macs', 'parameters', 'bytes', 'modelled', 'measured'];

const DEFAULT_CHOICES: Choices = {
  model: null,
  tab: 'layers',
  sort: { column: 'order', descending: false },
  filter: '',
  measure: 'macs',
  scroll: 0,
  zoom: { path: '', first: 0 },
  scale: 1,
};

/** Everything that a view draws from. */
export interface Shown {
  readonly state: PanelState;
  readonly choices: Choices;
  readonly model: ModelReport | undefined;
  readonly suggestions: readonly SuggestionReport[];
  /** Of the model as it is shown. */
  readonly profile: ProfileResult | undefined;
  readonly measured: Measured;
}

export interface Actions {
  readonly choose: (choices: Partial<Choices>) => void;
  readonly reveal: (place: Place) => void;
  readonly analyze: () => void;
  readonly profile: () => void;
  readonly apply: (id: string) => void;
  readonly setInputs: (specs: readonly string[]) => void;
  readonly chooseRegion: () => void;
  readonly chooseDevice: () => void;
}

export interface Context {
  readonly words: Words;
  readonly actions: Actions;
}

/** A part of the panel that draws itself anew when it is told to. */
export interface View {
  readonly element: HTMLElement;
  readonly update: (shown: Shown) => void;
}

/** What an earlier version saved, or somebody's broken state, falls back to the defaults field by field. */
export function restoreChoices(saved: unknown): Choices {
  const found = (typeof saved === 'object' && saved !== null ? saved : {}) as Partial<Record<keyof Choices, unknown>>;
  const { sort, zoom } = found as { sort?: Partial<Sort>; zoom?: Partial<Choices['zoom']> };
  const one = <T>(value: unknown, of: readonly T[], otherwise: T): T => of.find(known => known === value) ?? otherwise;
  return {
    model: typeof found.model === 'string' ? found.model : null,
    tab: one(found.tab, TABS, DEFAULT_CHOICES.tab),
    sort:
      typeof sort?.column === 'string' && typeof sort.descending === 'boolean'
        ? { column: sort.column, descending: sort.descending }
        : DEFAULT_CHOICES.sort,
    filter: typeof found.filter === 'string' ? found.filter : '',
    measure: one(found.measure, MEASURES, DEFAULT_CHOICES.measure),
    scroll: typeof found.scroll === 'number' ? found.scroll : 0,
    zoom:
      typeof zoom?.path === 'string' && typeof zoom.first === 'number'
        ? { path: zoom.path, first: zoom.first }
        : DEFAULT_CHOICES.zoom,
    scale: typeof found.scale === 'number' && found.scale >= 1 ? found.scale : 1,
  };
}

/** The chosen model, else the costliest: a file's helpers are rarely what somebody wants to see first. */
function shownModel({ report }: PanelState, wanted: string | null): ModelReport | undefined {
  if (report === null) return undefined;
  const chosen = report.models.find(({ name }) => name === wanted);
  if (chosen) return chosen;
  return report.models.reduce<ModelReport | undefined>((best, model) => {
    if (model.status === 'needs-arguments') return best ?? model;
    if (best === undefined || best.status === 'needs-arguments') return model;
    return (model.macs ?? 0) > (best.macs ?? 0) ? model : best;
  }, undefined);
}

export function show(state: PanelState, choices: Choices): Shown {
  const model = shownModel(state, choices.model);
  const suggestions = state.advice?.models.find(({ name }) => name === model?.name)?.suggestions ?? [];
  const kept = model && state.profiles[model.name];
  const profile = kept?.standing === 'current' ? kept.result : undefined;
  return { state, choices, model, suggestions, profile, measured: model && profile && measuredOf(model, profile) };
}

/** Seconds by layer; layers that were fused away or never ran have none of their own. */
function measuredOf(model: ModelReport, profile: ProfileResult): Measured {
  const seconds = new Map(profile.layers.map(({ layer, latencyS }) => [layer, latencyS.value]));
  return model.layers.map((_, index) => seconds.get(index) ?? null);
}
