/**
 * One entry as a line of the ledger: `{"schema":2,"crc":"…","entry":{…}}`, JSON for any reader. The checksum is of the
 * entry's own characters, so that it does not depend on how a reader would write them again.
 */
import { checksum } from './checksum';

export type Decoded =
  | { readonly kind: 'entry'; readonly value: unknown }
  | { readonly kind: 'damaged' }
  /** Of a later version of the tool, whole as far as can be told. */
  | { readonly kind: 'newer'; readonly schema: number };

/** What turns an entry of one schema into the next one's. */
export type Migrations = Readonly<Record<number, (entry: unknown) => unknown>>;

/**
 * Begins with an end of line: what a crashed writer left without one stays on a line of its own. Ends with one: an
 * entry is whole as soon as that stands there.
 */
export function encode(entry: unknown, schema: number): string {
  const content = JSON.stringify(entry);
  return `\n{"schema":${schema},"crc":"${checksum(content)}","entry":${content}}\n`;
}

const LINE = /^\{"schema":(\d+),"crc":"([0-9a-f]{8})","entry":(.*)\}$/;

export function decode(line: string, schema: number, migrations: Migrations): Decoded {
  const [, version = '', crc = '', content = ''] = LINE.exec(line) ?? [];
  if (version === '' || checksum(content) !== crc) return { kind: 'damaged' };
  if (Number(version) > schema) return { kind: 'newer', schema: Number(version) };
  try {
    let value: unknown = JSON.parse(content);
    for (let from = Number(version); from < schema; from++) {
      const migrate = migrations[from];
      if (migrate === undefined) return { kind: 'damaged' };
      value = migrate(value);
    }
    return { kind: 'entry', value };
  } catch {
    // Its checksum holds, so somebody else wrote it.
    return { kind: 'damaged' };
  }
}
