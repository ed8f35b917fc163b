export const oneGibHeap = `// 32 bits before Linux 2.6.7: mappings begin
// at 1 GiB, and there the heap has to end.
// "3 GiB" in the machine dialog: as since.
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
  setbuf(stdout, NULL);
  char *live = malloc(24);
  char *end = sbrk(0);

  // Upwards, behind the libraries.
  char *m = mmap(NULL, 4096, PROT_READ,
    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("mapping above: %d\\n", m > end);

  // As far as the break goes. No page of it
  // is touched: it is only a promise.
  for (long n = LONG_MAX / 2 + 1; n; n /= 2)
    while (sbrk(n) != (void *)-1)
      ;
  // One page stays free below the libraries.
  printf("heap to %p\\n", sbrk(0));

  brk(end);
  free(live);
  return 0;
}
`;
