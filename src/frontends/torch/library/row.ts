/** What the index says of one file of the library. */
export interface LibraryModule {
  /** Python name of the module. */
  readonly module: string;
  readonly text: string;
  /** Other modules where its public names can be found too: `torch.nn` for `torch.nn.modules.conv`. */
  readonly alsoIn: readonly string[];
  /** Used only where the environment has no source of that module. */
  readonly fallback: boolean;
}

export const row = (module: string, text: string, alsoIn: readonly string[] = [], fallback = false): LibraryModule => ({
  module,
  text,
  alsoIn,
  fallback,
});
