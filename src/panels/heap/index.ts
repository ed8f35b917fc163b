export { HeapPanel } from "./heap-panel";
