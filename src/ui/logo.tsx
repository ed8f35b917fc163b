/** A glass with chunks in it. */
export function Logo() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
      <path
        d="M4.5 2.5v12.500a4 4 0 004 4h5a4 4 0 004-4V2.500"
        fill="none"
        stroke="var(--ink)"
        strokeWidth="1.8"
        strokeLinecap="round"
      />
      <rect x="7" y="13.2" width="8" height="3.6" rx="1" fill="var(--c-inuse-edge)" />
      <rect x="7" y="8.7" width="4.6" height="3.4" rx="1" fill="var(--c-unsorted-edge)" />
      <rect x="12.4" y="8.7" width="2.6" height="3.4" rx=".8" fill="none" stroke="var(--c-tcache-edge)" strokeWidth="1.3" />
      <rect
        x="7"
        y="4.2"
        width="8"
        height="3.4"
        rx="1"
        fill="none"
        stroke="var(--c-large-edge)"
        strokeWidth="1.3"
        strokeDasharray="2 1.5"
      />
    </svg>
  );
}
