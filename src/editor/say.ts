/** Texts of the core in the user's language. The editor's own texts go through `vscode.l10n.t` directly. */
import { l10n } from 'vscode';
import { render, type Text } from '../base/text';

export const say = (message: Text): string => render(message, template => l10n.bundle?.[template] ?? template);
