export interface EditorOptions {
  readonly workspace?: string;
  readonly extension?: string;
  readonly vsix?: string;
  readonly developmentPath?: string;
  readonly testsPath?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly locale?: string;
  /** Default true; false is Restricted Mode. */
  readonly trust?: boolean;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export interface Editor {
  readonly url: string;
  readonly port: number;
  /** Its user data and extensions; gone after `stop`. */
  readonly folder: string;
  readonly ended: Promise<unknown>;
  output(): string;
  stop(): Promise<void>;
}

export function startEditor(options: EditorOptions): Promise<Editor>;
