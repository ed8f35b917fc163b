/** A worker beside the page's own: started when first asked and let go when nobody has asked for a while. */
import { createSession, type Session } from "../session";

/** Does one piece of work after the other. Rejects when it cannot be done: another worker or its memory may be too much for a small device. */
export type SpareSession = <T>(work: (session: Session) => Promise<T>) => Promise<T>;

export function spareSession(idleMs: number): SpareSession {
  let session: Promise<Session> | null = null;
  let queue: Promise<unknown> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout> | null = null;

  function letGo(): void {
    const old = session;
    session = null;
    void old?.then((idle) => idle.dispose()).catch(() => undefined);
  }

  return (work) => {
    const result = queue.then(async () => {
      if (timer !== null) clearTimeout(timer);
      try {
        session ??= createSession();
        return await work(await session);
      } catch (error) {
        letGo();
        throw error;
      } finally {
        timer = setTimeout(letGo, idleMs);
      }
    });
    queue = result.catch(() => undefined);
    return result;
  };
}
