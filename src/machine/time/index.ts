export { engineTarget } from "./engine-target";
export type { Host, Loaded } from "./host";
export { destination, positionAt, snapDown } from "./moves";
export { lastWriter, sliceOf } from "./questions";
export { startingCursor } from "./start";
export { changedPages, copyPages, shownPages, summaryOf } from "./summary";
export { Timeline, type TimelineOptions } from "./timeline";
