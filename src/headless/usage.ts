/** Told to the user on stderr with exit status 2 (usage) or 1 (the file's fault). */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export class InputError extends Error {
  override readonly name = "InputError";
}

/** 0 ok, 1 difference or program failure, 2 usage. */
export type ExitStatus = number;
