export const instantKey = (run: number, cursor: number) => [run, cursor, "instant"] as const;
