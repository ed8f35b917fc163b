export { canShareMemory, createSession, SessionClosed, type SessionOptions, type WorkerLike } from "./create-session";
export { readConsistently } from "./read";
export type { Opened, Session } from "./session";
