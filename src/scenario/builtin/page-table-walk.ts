export const pageTableWalk = `// Page tables: 512 entries, four levels.
#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE = 4096, MiB = 1024 * 1024,
       RW = PROT_READ | PROT_WRITE,
       FLAGS = MAP_PRIVATE | MAP_ANONYMOUS |
         MAP_NORESERVE | MAP_FIXED };

int main(void) {
  char *live = malloc(24);
  long giB = 1024L * MiB;
  // 4 GiB promised: no frame, no table.
  char *p = mmap((void *)0x100000000000,
    4 * giB, RW, FLAGS, -1, 0);
  // PUD, PMD, PTE: VmPTE + 12 kB.
  p[0] = 1;
  // Index 1 of the same PTE table: + 0.
  p[PAGE] = 1;
  // 2 MiB on: a PTE table of its own, + 4.
  p[2 * MiB] = 1;
  // 1 GiB on: another PMD as well, + 8.
  p[giB] = 1;
  // A read needs tables too, for the page
  // of zeros: + 4, and RES stays.
  char zero = p[4 * MiB];

  // 512 GiB on, only the PGD serves both.
  char *q = mmap(p + 512 * giB,
    PAGE, RW, FLAGS, -1, 0);
  q[0] = 1;
  // Tables go with the mapping: - 12.
  munmap(q, PAGE);
  // The pages go, and with them tables of
  // PTEs that are empty then: - 16.
  madvise(p, 4 * giB, MADV_DONTNEED);
  munmap(p, 4 * giB);   // the rest: - 12
  free(live);
  return zero;
}
`;
