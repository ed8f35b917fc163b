export const instantKey = (run: number, cursor: number) => [run, cursor, "instant"] as const;
export const sliceKey = (run: number, from: number, to: number) => [run, "slice", from, to] as const;
