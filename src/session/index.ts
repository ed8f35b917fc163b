export { createSession, type FirstRun, SessionClosed } from "./create-session";
export type { Opened, Session } from "./session";
