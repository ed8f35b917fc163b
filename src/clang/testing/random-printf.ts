/** Random calls of printf: every conversion with flags, widths and precisions that mean something for it. */
import type { Random } from "./random";

const integers: Readonly<Record<string, readonly [type: string, length: string][]>> = {
  d: [
    ["int", ""],
    ["signed char", "hh"],
    ["short", "h"],
    ["long", "l"],
    ["long long", "ll"],
    ["ssize", "z"],
    ["long", "j"],
    ["long", "t"],
  ],
  u: [
    ["unsigned", ""],
    ["unsigned char", "hh"],
    ["unsigned short", "h"],
    ["unsigned long", "l"],
    ["unsigned long long", "ll"],
    ["size_t", "z"],
  ],
};
const values = [
  "0",
  "1",
  "-1",
  "42",
  "-123456",
  "255",
  "65536",
  "2147483647",
  "-2147483647-1",
  "0x123456789abcL",
  "-9223372036854775807L-1",
  "18446744073709551615UL",
];
const reals = [
  "0.0",
  "-0.0",
  "1.0",
  "0.5",
  "1.5",
  "2.5",
  "-2.5",
  "0.1",
  "3.14159265358979",
  "1e10",
  "123456789.0",
  "1e-5",
  "9.9995",
  "0.00001234",
  "1e100",
  "1.7976931348623157e308",
  "5e-324",
  "2.2250738585072014e-308",
  "1e15+0.5",
  "99999.95",
  "1.0/3",
  "1e22",
  "-1e21",
  "(1.0/0.0)",
  "(-1.0/0.0)",
];

function flags(r: Random, allowed: string): string {
  return allowed
    .split("")
    .filter(() => r.chance(25))
    .join("");
}

function fieldText(r: Random): { readonly text: string; readonly args: string[] } {
  const args: string[] = [];
  let text = "";
  if (r.chance(40)) text += r.below(24) || "";
  else if (r.chance(10)) {
    text += "*";
    args.push(String(r.below(40) - 20));
  }
  if (r.chance(40)) text += `.${r.below(14)}`;
  else if (r.chance(10)) {
    text += ".*";
    args.push(String(r.below(20) - 4));
  } else if (r.chance(5)) text += ".";
  return { text, args };
}

function conversion(r: Random): { readonly format: string; readonly args: string[] } {
  const { text, args } = fieldText(r);
  switch (r.below(7)) {
    case 0:
    case 1: {
      const [type, length] = r.pick(integers.d ?? []);
      return {
        format: `%${flags(r, "-+ 0")}${text}${length}${r.pick(["d", "i"])}`,
        args: [...args, `(${type === "ssize" ? "long" : type})(${r.pick(values)})`],
      };
    }
    case 2:
    case 3: {
      const [type, length] = r.pick(integers.u ?? []);
      const letter = r.pick(["u", "x", "X", "o"]);
      return {
        format: `%${flags(r, letter === "u" ? "-0" : "-0#")}${text}${length}${letter}`,
        args: [...args, `(${type})(${r.pick(values)})`],
      };
    }
    case 4:
    case 5:
      return {
        format: `%${flags(r, "-+ 0#")}${text}${r.pick(["f", "e", "g", "F", "E", "G", "a"])}`,
        args: [...args, r.pick(reals)],
      };
    default:
      if (r.chance(30))
        return {
          format: `%${flags(r, "-")}${text.replace(/\..*/, "")}c`,
          args: [...(text.startsWith("*") ? args.slice(0, 1) : []), "'q'"],
        };
      if (r.chance(30))
        return {
          format: `%${flags(r, "-")}${text.replace(/\..*/, "")}p`,
          args: [...(text.startsWith("*") ? args.slice(0, 1) : []), "(void *)0xabc0"],
        };
      return { format: `%${flags(r, "-")}${text}s`, args: [...args, r.pick(['"hello"', '""', '"a longer text"'])] };
  }
}

/** Statements that print several conversions each. */
export function randomPrintf(r: Random, count: number): string[] {
  return Array.from({ length: count }, () => {
    const parts = Array.from({ length: 1 + r.below(4) }, () => conversion(r));
    const args = parts.flatMap((part) => part.args).map((arg) => `, ${arg}`);
    return `printf("${parts.map((part) => `[${part.format}]`).join(" ")}%%\\n"${args.join("")});`;
  });
}
