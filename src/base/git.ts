/** What is asked of a version control system: which commits there are, and what stood in a file. */
import type { Disposable } from './store';
import type { Text } from './text';

export interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly author: string;
  /** ISO 8601, with the author's offset. */
  readonly date: string;
  readonly subject: string;
}

export interface Repository extends Disposable {
  /** From the repository's root, with forward slashes; undefined for a file outside of it. */
  pathOf(file: string): string | undefined;
  /** The commit that a revision names. */
  resolve(revision: string): Promise<string | undefined>;
  /** Commits reachable from one that changed any of the paths, the newest first. */
  history(commit: string, paths: readonly string[]): Promise<readonly Commit[]>;
  /** Equal for equal contents of a file; undefined where the commit does not have it. */
  idOf(commit: string, path: string): Promise<string | undefined>;
  /** A file as it was. */
  read(commit: string, path: string): Promise<Uint8Array | undefined>;
}

export interface Git {
  /** Of the repository that holds a folder; else why there is none. */
  open(folder: string): Promise<Repository | Text>;
}
