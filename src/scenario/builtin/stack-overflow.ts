export const stackOverflow = `// The stack grows by itself, to its limit.
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static int deeper(int n) {
  char page[4096];
  // Below the stack: a fault, and it grows.
  // Below the limit: SIGSEGV.
  page[0] = n;
  return deeper(n + 1) + page[0];
}

int main(void) {
  struct rlimit r;
  char *live = malloc(24);
  getrlimit(RLIMIT_STACK, &r);
  printf("%d KiB\\n", (int)(r.rlim_cur >> 10));
  // 8 MiB. 256 KiB are enough to see it.
  r.rlim_cur = 256 * 1024;
  setrlimit(RLIMIT_STACK, &r);
  fflush(stdout);
  deeper(0);
  free(live);
  return 0;
}
`;
