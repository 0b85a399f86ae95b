/** After a profile: the measured share of time and energy at the end of each line that called something, and a heat bar. */
import {
  type DecorationOptions,
  l10n,
  OverviewRulerLane,
  Range,
  type TextDocument,
  type TextEditor,
  type TextEditorDecorationType,
  ThemeColor,
  type Uri,
  window,
  workspace,
} from 'vscode';
import type { Store } from '../base/store';
import type { Formatter } from '../report/format';
import { type Documents, textKey } from './documents';
import { HEAT_STEPS, heatOf, type MeasuredLine, measuredLines, moveLines } from './lineShares';
import type { KeptProfile, Profiles } from './profiles';
import type { Settings } from './settings';

export interface LineHintOptions {
  readonly documents: Documents;
  readonly profiles: Profiles;
  readonly settings: Settings;
  readonly format: Formatter;
  readonly store: Store;
}

/** Of one open document: the lines where they are now, and whether the text has changed since they were measured. */
interface Hints {
  readonly profile: KeptProfile;
  lines: readonly MeasuredLine[];
  faded: boolean;
}

const COLOURS = ['charts.green', 'charts.yellow', 'charts.orange', 'charts.red'];

export function registerLineHints({ documents, profiles, settings, format, store }: LineHintOptions): void {
  const ends = store.add(window.createTextEditorDecorationType({}));
  const bars = Array.from({ length: HEAT_STEPS }, (_, step) => store.add(barType(COLOURS[step] ?? 'charts.green')));
  const hints = new Map<string, Hints>();
  const draw = (editor: TextEditor): void => {
    const shown = hints.get(editor.document.uri.toString());
    const texts = settings.isOn('lineHints') ? (shown?.lines ?? []) : [];
    editor.setDecorations(
      ends,
      texts.map(line => endOf(editor, line, shown?.faded ?? false, format)),
    );
    const heat = settings.isOn('heatBar') && shown?.faded === false ? shown.lines : [];
    bars.forEach((type, step) =>
      editor.setDecorations(
        type,
        heat.filter(({ share }) => heatOf(share) === step).map(({ line }) => new Range(line - 1, 0, line - 1, 0)),
      ),
    );
  };
  const drawAll = (): void => window.visibleTextEditors.forEach(draw);
  /** Lines of the file itself and of files that its models import. What an edit has moved since stays where it is. */
  const measure = (document: TextDocument): void => {
    const key = document.uri.toString();
    const file = documents.fileOf(document);
    const found = newest(profiles, documents.pathIn(document), file.toString());
    if (found === undefined) hints.delete(key);
    else if (hints.get(key)?.profile !== found.profile)
      hints.set(key, { ...found, faded: isOther(document, file, found) });
  };
  const measureAll = (): void => {
    // Those that nobody sees may be edited too.
    workspace.textDocuments.filter(({ languageId }) => languageId === 'python').forEach(measure);
    drawAll();
  };
  store.add(profiles.onChange(measureAll));
  settings.onChange(['lineHints', 'heatBar'], drawAll);
  store.add(window.onDidChangeVisibleTextEditors(drawAll));
  store.add(workspace.onDidOpenTextDocument(measureAll));
  store.add(workspace.onDidCloseTextDocument(({ uri }) => hints.delete(uri.toString())));
  store.add(
    workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      const known = hints.get(document.uri.toString());
      if (known === undefined || contentChanges.length === 0) return;
      for (const { range, text } of contentChanges)
        known.lines = moveLines(known.lines, { startLine: range.start.line, endLine: range.end.line, text });
      known.faded = true;
      drawAll();
    }),
  );
}

interface Newest {
  readonly lines: readonly MeasuredLine[];
  readonly profile: KeptProfile;
  /** It is of this file's models, not of those of a file that imports it. */
  readonly own: boolean;
}

/** Of the profile that was made last among those that ran a line of this file. */
function newest(profiles: Profiles, path: string, key: string): Newest | undefined {
  for (const file of profiles.files())
    for (const profile of [...profiles.of(file).values()].reverse()) {
      const lines = measuredLines(profile.model, profile.result, path);
      if (lines.length > 0) return { lines, profile, own: file === key };
    }
  return undefined;
}

/** Whether the text is another one than what was measured, which of an imported file was what lies on the disk. */
const isOther = ({ isDirty }: TextDocument, file: Uri, { own, profile }: Newest): boolean =>
  own && profile.text !== null ? profile.text !== textKey(file) : isDirty;

const barType = (colour: string): TextEditorDecorationType =>
  window.createTextEditorDecorationType({
    isWholeLine: true,
    borderStyle: 'solid',
    borderWidth: '0 0 0 3px',
    borderColor: new ThemeColor(colour),
    overviewRulerColor: new ThemeColor(colour),
    overviewRulerLane: OverviewRulerLane.Left,
  });

function endOf({ document }: TextEditor, line: MeasuredLine, faded: boolean, format: Formatter): DecorationOptions {
  const at = Math.min(line.line - 1, document.lineCount - 1);
  const { end } = document.lineAt(at).range;
  return {
    range: new Range(end, end),
    renderOptions: {
      after: {
        contentText: hintText(line, faded, format),
        margin: '0 0 0 3em',
        color: new ThemeColor('editorCodeLens.foreground'),
        ...(faded && { fontStyle: 'italic' }),
        // The only way to fade what a decoration writes.
        textDecoration: `none; opacity: ${faded ? 0.45 : 1}`,
      },
    },
  };
}

function hintText({ share, latencyS, energyJ, energyBasis }: MeasuredLine, faded: boolean, format: Formatter): string {
  const time = `${format.percent(share)} · ${format.duration(latencyS)}`;
  const energy =
    energyJ === null
      ? ''
      : ` · ${energyBasis === 'measured' ? format.energy(energyJ) : `≈ ${format.rough('energy', energyJ)}`}`;
  return faded ? l10n.t('{0} before the change', time + energy) : time + energy;
}
