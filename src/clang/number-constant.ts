import type { Expr } from "./ast";
import { errorExpr, integer, realOf } from "./conversions";
import type { Reporter } from "./reporter";
import type { Token } from "./token";
import { type IntType, types } from "./types";

const integerPattern = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9]\d*)([uUlL]*)$/;
const realPattern = /^((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([fFlL]?)$/;
const hexRealPattern = /^0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?\d+)([fFlL]?)$/;

/** A number as C spells it, with the type its suffix, base and size give it (C17 6.4.4.1). */
export function numberConstant(token: Token, reporter: Reporter): Expr {
  const { text, span } = token;
  const whole = integerPattern.exec(text);
  if (whole !== null) {
    const digits = whole[1] ?? "0";
    const suffix = (whole[2] ?? "").toLowerCase();
    const decimal = /^[1-9]/.test(digits);
    const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
    const type = /^(u?(l|ll)?|(l|ll)u)$/.test(suffix) ? integerType(value, suffix, decimal) : undefined;
    if (type !== undefined) return integer(value, type, span);
  }
  const real = realPattern.exec(text);
  if (real !== null && whole === null) {
    const type = /f/i.test(real[2] ?? "") ? types.float : types.double;
    return { kind: "real", value: realOf(Number(real[1]), type.sizeBytes), type, span };
  }
  const hex = hexRealPattern.exec(text);
  if (hex !== null) {
    const type = /f/i.test(hex[4] ?? "") ? types.float : types.double;
    const mantissa = Number(BigInt(`0x0${hex[1]}${hex[2]}`)) * 16 ** -(hex[2] ?? "").length;
    return { kind: "real", value: realOf(mantissa * 2 ** Number(hex[3]), type.sizeBytes), type, span };
  }
  reporter.report("bad-number", span, { text });
  return errorExpr(span);
}

function integerType(value: bigint, suffix: string, decimal: boolean): IntType | undefined {
  const unsigned = suffix.includes("u");
  const long = suffix.includes("ll") ? 2 : suffix.includes("l") ? 1 : 0;
  const ladder: readonly IntType[] = [types.int, types.uint, types.long, types.ulong, types.llong, types.ullong].slice(long * 2);
  const fits = (type: IntType) => BigInt.asUintN(type.sizeBytes * 8 - (type.signed ? 1 : 0), value) === value;
  return ladder.find((type) => (unsigned ? !type.signed : type.signed || !decimal) && fits(type));
}
