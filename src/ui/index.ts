export { ActionButton, IconButton } from "./button";
export { DialogBox } from "./dialog";
export { Logo } from "./logo";
export { Segmented } from "./segmented";
