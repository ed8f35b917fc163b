export const oneGibHeap = `// 32 bits before Linux 2.6.7: mappings begin
// at 1 GiB, and the heap ends there.
// "3 GiB" in the machine dialog: as since.
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void) {
  setbuf(stdout, NULL);
  char *start = sbrk(0);
  printf("heap from %p\\n", (void *)start);

  // Upwards, behind the libraries.
  char *m = mmap(NULL, 4096, PROT_READ,
    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  printf("%d\\n", m > start);

  // As far as the break goes. No page of it
  // is touched: it is only a promise.
  for (int n = 1 << 30; n > 0; n /= 2)
    while (sbrk(n) != (void *)-1)
      ;
  printf("heap to %p\\n", sbrk(0));

  // The heap is full. malloc maps, then, and
  // calls what it got part of main_arena.
  char *p = malloc(64 * 1024);
  printf("%d\\n", p > (char *)sbrk(0));
  free(p);
  return 0;
}
`;
