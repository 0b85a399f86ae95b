/** Comma-separated values as RFC 4180 and Python's csv module have them. */

export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(cell => quoted(cell === null ? '' : String(cell))).join(',')}\n`;
}

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/** Rows by the names in the first one. Cells that a row does not have are missing in its record. */
export function csvRecords(content: string): readonly Readonly<Record<string, string>>[] {
  const [header = [], ...rows] = csvRows(content.replace(/^\uFEFF/, ''));
  return rows.map(row => Object.fromEntries(header.flatMap((name, index) => (row[index] === undefined ? [] : [[name, row[index]]])))); // prettier-ignore
}

function csvRows(content: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // A cell with the separator or the end behind it.
  const cells = /("(?:[^"]|"")*"|[^,\r\n]*)(,|\r?\n|\r|$)/g;
  while (cells.lastIndex < content.length) {
    const [, cell = '', end = ''] = cells.exec(content) ?? [];
    row.push(cell.startsWith('"') && cell.endsWith('"') && cell.length > 1 ? cell.slice(1, -1).replaceAll('""', '"') : cell); // prettier-ignore
    if (end === ',' && cells.lastIndex < content.length) continue;
    if (end === ',') row.push('');
    if (row.some(value => value !== '')) rows.push(row);
    row = [];
  }
  return rows;
}
