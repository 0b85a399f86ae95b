export interface BuildOptions {
  readonly partial?: boolean;
  readonly dev?: boolean;
  /** From the root; `dist` by default. */
  readonly out?: string;
}

/** Sizes in bytes of the bundles by name. */
export function build(options?: BuildOptions): Promise<ReadonlyMap<string, number>>;
