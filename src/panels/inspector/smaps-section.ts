/** One mapping's part of the text of /proc/self/smaps. */
export interface SmapsSection {
  /** `Rss` → kB, in the text's order. */
  readonly values: ReadonlyMap<string, number>;
  /** `rd wr mr` … */
  readonly flags: readonly string[];
}

/** Null when the text has no mapping that starts there. */
export function smapsSection(lines: readonly string[], start: number): SmapsSection | null {
  const head = `${start.toString(16).padStart(8, "0")}-`;
  const first = lines.findIndex((line) => line.startsWith(head));
  if (first < 0) return null;
  const values = new Map<string, number>();
  for (const line of lines.slice(first + 1)) {
    const [name = "", value = ""] = line.split(/:\s*/, 2);
    if (name === "VmFlags")
      return {
        values,
        flags: value
          .trim()
          .split(" ")
          .filter((flag) => flag !== ""),
      };
    values.set(name, Number.parseInt(value, 10));
  }
  return { values, flags: [] };
}
