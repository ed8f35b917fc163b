/** Whether two values are the same all the way down; `except`: a field that does not count. For plain objects and arrays. */
export function sameShape(one: unknown, other: unknown, except = ""): boolean {
  if (one === other) return true;
  if (!isRecord(one) || !isRecord(other)) return Number.isNaN(one) && Number.isNaN(other);
  for (const key in one) if (key !== except && !sameShape(one[key], other[key], except)) return false;
  for (const key in other) if (!(key in one)) return false;
  return true;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
