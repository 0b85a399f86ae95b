/** Places in source files. Offsets are UTF-16 code units from 0; lines from 1, columns from 0, as the JSON contract has them. */
export interface Span {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

/** A call in the user's own text, and the one that it was made in. What one activation does shares it. */
export interface Call {
  readonly at: Span;
  readonly within?: Call;
}
