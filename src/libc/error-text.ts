/** strerror's texts for the errors a simulated program can meet. Numbers and texts as on Linux with glibc. */
const texts: Readonly<Record<number, string>> = {
  0: "Success",
  1: "Operation not permitted",
  2: "No such file or directory",
  4: "Interrupted system call",
  5: "Input/output error",
  9: "Bad file descriptor",
  10: "No child processes",
  11: "Resource temporarily unavailable",
  12: "Cannot allocate memory",
  13: "Permission denied",
  14: "Bad address",
  17: "File exists",
  19: "No such device",
  22: "Invalid argument",
  34: "Numerical result out of range",
};

export const errorText = (errno: number): string => texts[errno] ?? `Unknown error ${errno}`;
