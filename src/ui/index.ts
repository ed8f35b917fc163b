export { ActionButton, IconButton } from "./button";
export { ErrorBoundary } from "./error-boundary";
export { Logo } from "./logo";
export { Segmented } from "./segmented";
export { TabStrip, tabIds } from "./tab-strip";
export { copyText } from "./copy-text";
export { Tooltip } from "./tooltip";
