export const vmaMerge = `// VMAs: neighbours that are alike are one.
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE = 4096, N = 16 * PAGE,
       RW = PROT_READ | PROT_WRITE,
       ANON = MAP_PRIVATE | MAP_ANONYMOUS };

int main(void) {
  setbuf(stdout, NULL);
  char *live = malloc(24);
  // A wall: nothing else shall join.
  mmap(NULL, N, PROT_NONE, ANON, -1, 0);
  char *b = mmap(NULL, N, RW, ANON, -1, 0);
  // Right below it: one VMA of 32 pages.
  char *a = mmap(NULL, N, RW, ANON, -1, 0);
  printf("%d\\n", a + N == b);

  // Other rights in the middle: three.
  mprotect(a + 4 * PAGE, PAGE, PROT_READ);
  // The same rights again: one.
  mprotect(a + 4 * PAGE, PAGE, RW);

  munmap(b, PAGE);    // a hole: two
  // Both are written: two anon_vmas.
  a[0] = b[PAGE] = 1;
  // The hole is filled, but two anon_vmas
  // do not become one: still two VMAs.
  mmap(b, PAGE, RW, ANON | MAP_FIXED, -1, 0);
  munmap(a, 2 * N);
  free(live);
  return 0;
}
`;
