/** A small deterministic random source (xorshift128, seeded by splitmix32): the same seed gives the same scripts on every machine. */
export interface Random {
  /** Integer in [0, limit). */
  below(limit: number): number;
  /** Integer in [low, high]. */
  between(low: number, high: number): number;
  /** Integer in [low, high], every order of magnitude equally likely. */
  magnitude(low: number, high: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** A key, as likely as its weight. */
  weighted<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K;
}

export function random(seed: number): Random {
  let mix = seed >>> 0;
  const split = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let [a, b, c, d] = [split(), split(), split(), split() | 1];
  const unit = (): number => {
    const t = a ^ (a << 11);
    [a, b, c] = [b, c, d];
    d = (d ^ (d >>> 19) ^ t ^ (t >>> 8)) >>> 0;
    return d / 0x1_0000_0000;
  };
  const between = (low: number, high: number): number => low + Math.floor(unit() * (high - low + 1));
  return {
    below: (limit) => Math.floor(unit() * limit),
    between,
    magnitude: (low, high) => Math.min(high, Math.floor(low * ((high + 1) / low) ** unit())),
    chance: (probability) => unit() < probability,
    pick: (from) => from[Math.floor(unit() * from.length)] ?? from[0],
    weighted<K extends string>(weights: Readonly<Partial<Record<K, number>>>): K {
      const keys = Object.keys(weights) as K[];
      const weightOf = (key: K): number => weights[key] ?? 0;
      let left = unit() * keys.reduce((sum, key) => sum + weightOf(key), 0);
      const chosen = keys.find((key) => (left -= weightOf(key)) < 0) ?? keys.at(-1);
      if (chosen === undefined) throw new Error("nothing to choose from");
      return chosen;
    },
  };
}
