/** Sizes as text with binary units: at most one decimal, `42.7 TiB`, `128 MiB`, `132 KiB`, `24 B`. */
const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

export function sizeText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const rounded = Math.round(value * 10) / 10;
  return `${rounded} ${units[unit] ?? "B"}`;
}

/** Smallest of 1, 1.5, 2, 3, 4, 6, 8, 12 … × 2^k that is at least `value`: the top of an axis. */
export function niceCeiling(value: number): number {
  if (!(value > 1)) return 1;
  const power = 2 ** Math.floor(Math.log2(value));
  if (power >= value) return power;
  return power * 1.5 >= value ? power * 1.5 : power * 2;
}
