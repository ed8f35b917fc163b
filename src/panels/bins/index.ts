export { BinsPanel } from "./bins-panel";
