/** Lines of text whose cells stand below each other, also where some characters are two columns wide. */

/** Indented by two; a column of numbers is aligned to the right. */
export function columns(header: readonly string[], rows: readonly (readonly string[])[], unknown: string): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map(row => width(row[column] ?? ''))));
  const numeric = header.map((_, column) =>
    rows.every(row => /^[\d,.\s%<>≥≈−-]*$/.test(row[column] ?? '') || row[column] === unknown),
  );
  return all.map(row => {
    const cells = row.map((cell, column) => {
      const space = ' '.repeat((widths[column] ?? 0) - width(cell));
      return numeric[column] === true ? space + cell : cell + space;
    });
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

/** Filled up with blanks to so many columns. */
export const padded = (cell: string, size: number): string => cell + ' '.repeat(Math.max(1, size - width(cell)));

/** Unicode's East Asian wide and full-width characters take two columns of a terminal, combining marks none. */
export function width(cell: string): number {
  let columnsTaken = 0;
  for (const character of cell) columnsTaken += WIDE.test(character) ? 2 : MARK.test(character) ? 0 : 1;
  return columnsTaken;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const MARK = /\p{Mn}/u;
