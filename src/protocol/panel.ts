/** Calls between the panel (a webview) and the extension host. The panel asks, the host answers and may refuse. */
import type { Text } from '../base/text';
import type { AdviceReport } from '../report/advice';
import type { ProfileResult } from '../report/profile';
import type { EstimateReport, FileReport, Place } from '../report/view';

export interface PanelCalls {
  /** The first call of every document that the webview loads: when it is opened, shown again, restored. */
  hello: { params: null; result: PanelHello };
  reveal: { params: { readonly place: Place }; result: null };
  analyze: { params: null; result: null };
  /** Resolves when the profile is done; what was measured comes with the next `state`. */
  profile: { params: { readonly model: string }; result: null };
  /** Opens the preview; answers whether the edit was made. */
  apply: { params: { readonly id: string }; result: { readonly applied: boolean } };
  /** SPECs as on the command line; none: as inferred. */
  setInputs: { params: { readonly model: string; readonly specs: readonly string[] }; result: null };
  chooseRegion: { params: null; result: null };
  chooseDevice: { params: null; result: null };
}

export interface PanelEvents {
  state: PanelState;
  /** Somebody clicked a lens: this model, this part of the panel. */
  show: PanelTarget;
}

export type PanelTab = 'layers' | 'picture' | 'energy' | 'measured' | 'suggestions' | 'inputs' | 'gaps';

export interface PanelTarget {
  readonly model: string | null;
  readonly tab: PanelTab | null;
}

export interface PanelHello {
  /** Of the display, as the editor names it: `en`, `zh-cn`. */
  readonly language: string;
  /** English template to translation; empty in English. */
  readonly bundle: Readonly<Record<string, string>>;
  /** Identifies the file; kept by the panel so that it can be restored. */
  readonly file: string;
  readonly target: PanelTarget;
  readonly state: PanelState;
}

export interface PanelProfile {
  readonly result: ProfileResult;
  /** What was modelled of what was run, at its sizes. */
  readonly estimate: EstimateReport | null;
  /** Whether it was of the model that is shown: at the sizes that are shown, at others, or of an earlier one. */
  readonly standing: 'current' | 'other-sizes' | 'outdated';
  /** In milliseconds since 1970. */
  readonly when: number;
  /** Of the same model, perhaps of another text, newest first: to compare with. */
  readonly earlier: readonly EarlierProfile[];
}

export interface EarlierProfile {
  readonly result: ProfileResult;
  readonly when: number;
}

export interface PanelState {
  /** For the heading. */
  readonly name: string;
  readonly report: FileReport | null;
  readonly advice: AdviceReport | null;
  readonly problem: { readonly text: Text; readonly remedy: Text | null } | null;
  readonly stale: boolean;
  readonly busy: boolean;
  /** Models with inputs that the user gave. */
  readonly givenInputs: readonly string[];
  /** What was measured, by model. */
  readonly profiles: Readonly<Record<string, PanelProfile>>;
  /** The edits of the suggestions fit the text on the screen. */
  readonly editable: boolean;
}
