/** CRC-32 (ISO-HDLC, as in gzip) of a text's UTF-8 bytes: tells a damaged line from a whole one. */
export function checksum(content: string): string {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(content)) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});
