export type { Appended, Host, Loaded } from "./host";
export { destination, nextStop, positionAt, snapDown } from "./moves";
export { translate } from "./peek";
export { lastWriter, sliceOf } from "./questions";
export { startingCursor } from "./start";
export { defaultTimelineOptions, type Simulation, Timeline, type TimelineOptions } from "./timeline";
export { changedPages, copyPages, type Ending, shownPages, summaryOf } from "./summary";
export { engineTarget } from "./engine-target";
