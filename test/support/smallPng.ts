/** Makes pictures of screens small: 256 colours at most, which letters and flat areas hardly show. */
import { crc32, deflateSync, inflateSync } from 'node:zlib';

interface Picture {
  readonly width: number;
  readonly height: number;
  /** 0xRRGGBB of each pixel. */
  readonly pixels: Uint32Array;
}

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const COLOURS = 256;

/** A PNG file as browsers write it (8 bits, true colour, not interlaced) as one with a palette. */
export function smallPng(file: Buffer): Buffer {
  const { width, height, pixels } = decode(file);
  const { palette, indexOf } = paletteOf(pixels);
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = indexOf.get(pixels[y * width + x] ?? 0) ?? 0;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.from(palette.flatMap(colour => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  const parts = [
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([SIGNATURE, ...parts]);
}

function chunk(type: string, data: Buffer): Buffer {
  const result = Buffer.alloc(12 + data.length);
  result.writeUInt32BE(data.length, 0);
  result.write(type, 4, 'latin1');
  data.copy(result, 8);
  result.writeUInt32BE(crc32(result.subarray(4, 8 + data.length)), 8 + data.length);
  return result;
}

function decode(file: Buffer): Picture {
  if (!file.subarray(0, 8).equals(SIGNATURE)) throw new Error('no PNG file');
  const data: Buffer[] = [];
  let [width, height, channels] = [0, 0, 0];
  for (let at = 8; at < file.length;) {
    const length = file.readUInt32BE(at);
    const type = file.toString('latin1', at + 4, at + 8);
    const body = file.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      channels = body[9] === 6 ? 4 : 3;
      if (body[8] !== 8 || (body[9] !== 2 && body[9] !== 6) || body[12] !== 0) throw new Error('another kind of PNG');
    } else if (type === 'IDAT') data.push(body);
    at += 12 + length;
  }
  const bytes = unfiltered(inflateSync(Buffer.concat(data)), width * channels, height, channels);
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = bytes.readUIntBE(i * channels, 3);
  return { width, height, pixels };
}

/** Every row says how its bytes are told from the ones to the left, above, and above left. */
function unfiltered(rows: Buffer, stride: number, height: number, step: number): Buffer {
  const result = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = rows[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= step ? (result[at - step] ?? 0) : 0;
      const above = y > 0 ? (result[at - stride] ?? 0) : 0;
      const corner = x >= step && y > 0 ? (result[at - stride - step] ?? 0) : 0;
      result[at] = (rows[y * (stride + 1) + 1 + x] ?? 0) + predicted(filter, left, above, corner);
    }
  }
  return result;
}

function predicted(filter: number, left: number, above: number, corner: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4: {
      const guess = left + above - corner;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
      return a <= b && a <= c ? left : b <= c ? above : corner;
    }
    default:
      return 0;
  }
}

/** The commonest colours that are far enough apart, and for every other one the nearest of them. */
function paletteOf(pixels: Uint32Array): { palette: readonly number[]; indexOf: ReadonlyMap<number, number> } {
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const colours = [...counts].sort(([, a], [, b]) => b - a).map(([colour]) => colour);
  let palette: number[] = [];
  for (let apart = 0; palette.length === 0; apart += 4) {
    const chosen: number[] = [];
    for (const colour of colours) {
      if (chosen.every(other => distance(colour, other) > apart)) chosen.push(colour);
      if (chosen.length > COLOURS) break;
    }
    if (chosen.length <= COLOURS) palette = chosen;
  }
  const nearest = (colour: number): number =>
    palette.reduce((best, other, index) => (distance(colour, other) < distance(colour, palette[best] ?? 0) ? index : best), 0); // prettier-ignore
  return { palette, indexOf: new Map(colours.map(colour => [colour, nearest(colour)])) };
}

const distance = (a: number, b: number): number =>
  Math.abs((a >> 16) - (b >> 16)) + Math.abs(((a >> 8) & 255) - ((b >> 8) & 255)) + Math.abs((a & 255) - (b & 255));
