/** Decimal forms of doubles, exact to any number of digits and rounded half to even, as glibc prints them. */

interface Exact {
  readonly mantissa: bigint;
  /** Power of two. */
  readonly exponent: number;
}

function exactOf(value: number): Exact {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const field = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xf_ffff_ffff_ffffn;
  return field === 0 ? { mantissa: fraction, exponent: -1074 } : { mantissa: fraction | (1n << 52n), exponent: field - 1075 };
}

/** value × 10^power as an integer, rounded half to even. */
function scaled(value: number, power: number): bigint {
  const { mantissa, exponent } = exactOf(value);
  let numerator = mantissa;
  let denominator = 1n;
  if (exponent >= 0) numerator <<= BigInt(exponent);
  else denominator <<= BigInt(-exponent);
  if (power >= 0) numerator *= 10n ** BigInt(power);
  else denominator *= 10n ** BigInt(-power);
  const quotient = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  const up = twice > denominator || (twice === denominator && (quotient & 1n) === 1n);
  return up ? quotient + 1n : quotient;
}

/** Digits of a non-negative finite value with `precision` decimals: `3.14`. `alternate` keeps the point when there are none. */
export function fixed(value: number, precision: number, alternate: boolean): string {
  const digits = scaled(value, precision)
    .toString()
    .padStart(precision + 1, "0");
  const whole = digits.slice(0, digits.length - precision);
  if (precision === 0) return alternate ? `${whole}.` : whole;
  return `${whole}.${digits.slice(digits.length - precision)}`;
}

/** `precision` + 1 significant digits and the power of ten of the first. */
function significant(value: number, precision: number): { digits: string; exponent: number } {
  if (value === 0) return { digits: "0".repeat(precision + 1), exponent: 0 };
  let exponent = Math.floor(Math.log10(value));
  if (!Number.isFinite(exponent)) exponent = -324;
  for (;;) {
    const digits = scaled(value, precision - exponent).toString();
    if (digits.length === precision + 1) return { digits, exponent };
    exponent += digits.length > precision + 1 ? 1 : -1;
  }
}

const exponentText = (exponent: number): string =>
  `e${exponent < 0 ? "-" : "+"}${Math.abs(exponent).toString().padStart(2, "0")}`;

const withPoint = (digits: string, alternate: boolean): string =>
  digits.length === 1 ? digits + (alternate ? "." : "") : `${digits[0]}.${digits.slice(1)}`;

/** `3.140000e+00` */
export function exponential(value: number, precision: number, alternate: boolean): string {
  const { digits, exponent } = significant(value, precision);
  return withPoint(digits, alternate) + exponentText(exponent);
}

/** The shorter of the two, without trailing zeros unless `alternate`. */
export function general(value: number, precision: number, alternate: boolean): string {
  const places = Math.max(precision, 1);
  const { digits, exponent } = significant(value, places - 1);
  const shorten = (text: string) => (alternate || !text.includes(".") ? text : text.replace(/\.?0+$/, ""));
  if (exponent < -4 || exponent >= places) return shorten(withPoint(digits, alternate)) + exponentText(exponent);
  return shorten(fixed(value, places - 1 - exponent, alternate));
}

const point = (digits: string, alternate: boolean): string => (digits === "" && !alternate ? "" : `.${digits}`);

/** `0x1.8p+1` */
export function hexadecimal(value: number, precision: number | null, alternate: boolean): string {
  const { mantissa, exponent } = exactOf(value);
  if (mantissa === 0n) return `0x0${point("0".repeat(precision ?? 0), alternate)}p+0`;
  const subnormal = mantissa < 1n << 52n;
  let lead = mantissa >> 52n;
  let fraction = mantissa & 0xf_ffff_ffff_ffffn;
  const power = subnormal ? -1022 : exponent + 52;
  let text = fraction.toString(16).padStart(13, "0");
  if (precision === null) text = text.replace(/0+$/, "");
  else if (precision < 13) {
    const shift = BigInt(13 - precision) * 4n;
    const all = (lead << 52n) | fraction;
    const half = 1n << (shift - 1n);
    const rest = all & ((1n << shift) - 1n);
    let kept = all >> shift;
    if (rest > half || (rest === half && (kept & 1n) === 1n)) kept++;
    lead = kept >> BigInt(precision * 4);
    fraction = kept & ((1n << BigInt(precision * 4)) - 1n);
    text = precision === 0 ? "" : fraction.toString(16).padStart(precision, "0");
  } else text = text.padEnd(precision, "0");
  return `0x${lead}${point(text, alternate)}p${power < 0 ? "-" : "+"}${Math.abs(power)}`;
}
