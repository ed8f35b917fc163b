export { SpacePanel } from "./space-panel";
