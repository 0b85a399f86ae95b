/**
 * Powers of floats as C libraries compute them. Engines of JavaScript are off by a last digit now and then
 * (1.25 ** -4 is 0.4096, not 0.40959999999999996), which a sum or a rounding down then turns into another size.
 */

/** Exponents beyond give no sizes. */
const MOST = 64;

export function raised(base: number, exponent: number): number {
  const rough = base ** exponent;
  const size = Math.abs(rough);
  if (!Number.isInteger(exponent) || Math.abs(exponent) > MOST || !(size > 1e-290 && size < 1e290)) return rough;
  const { digits, shift } = parts(Math.abs(base));
  const power = digits ** BigInt(Math.abs(exponent));
  const value = exponent < 0 ? quotient(1n, power) : quotient(power, 1n);
  return Math.sign(rough) * value * 2 ** (shift * exponent);
}

/** A positive number as an odd integer times a power of two. */
function parts(value: number): { digits: bigint; shift: number } {
  let [digits, shift] = [value, 0];
  while (!Number.isInteger(digits)) [digits, shift] = [digits * 2, shift - 1];
  while (digits % 2 === 0) [digits, shift] = [digits / 2, shift + 1];
  return { digits: BigInt(digits), shift };
}

const lengthOf = (value: bigint): number => value.toString(2).length;

/** The double nearest to a quotient: 64 bits of it, the last of which stands for all that follow. */
function quotient(above: bigint, below: bigint): number {
  const shift = lengthOf(below) - lengthOf(above) + 64;
  const [top, bottom] = shift > 0 ? [above << BigInt(shift), below] : [above, below << BigInt(-shift)];
  const whole = top / bottom;
  return Number(top % bottom === 0n ? whole : whole | 1n) * 2 ** -shift;
}
