export { createSession, SessionClosed } from "./create-session";
export type { Opened, Session } from "./session";
