export const slab = `// kmem_cache: every VMA is an object.
#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE = 4096, N = 100,
       RW = PROT_READ | PROT_WRITE,
       ANON = MAP_PRIVATE | MAP_ANONYMOUS };

int main(void) {
  char *live = malloc(24);
  // One VMA: one object of 192 bytes.
  char *p = mmap(NULL, 2 * N * PAGE,
    PROT_NONE, ANON, -1, 0);
  // Each change splits it once more: 21
  // objects fill a slab, one frame of RAM.
  for (int i = 0; i < N; i++)
    mprotect(p + 2 * i * PAGE, PAGE, RW);

  // Every other one goes: holes, so that
  // full slabs are partial now.
  for (int i = 0; i < N; i++)
    munmap(p + 2 * i * PAGE, PAGE);
  // The next one takes a hole.
  char *q = mmap(NULL, PAGE, PROT_READ,
    ANON, -1, 0);

  // All go. Some free slabs are kept, the
  // other frames are the buddy system's.
  munmap(p, 2 * N * PAGE);
  munmap(q, PAGE);
  free(live);
  return 0;
}
`;
