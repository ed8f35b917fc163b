export const virtResShr = `// VIRT: promised. RES: present. SHR: shared.
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { MiB = 1024 * 1024 };

static void touch(char *p, int bytes) {
  for (int i = 0; i < bytes; i += 4096)
    p[i] = 1;
}

int main(void) {
  setbuf(stdout, NULL);
  char *live = malloc(24);
  // VIRT + 4 MiB; RES + the chunk's header.
  char *a = malloc(4 * MiB);
  touch(a, MiB);        // RES + 1 MiB

  // Shared memory counts in SHR once it is
  // present, and in RES too.
  char *s = mmap(NULL, 2 * MiB,
    PROT_READ | PROT_WRITE,
    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  touch(s, MiB / 2);    // RES, SHR + 512 KiB

  // "Not needed": RES falls, VIRT stays.
  madvise(s, 2 * MiB, MADV_DONTNEED);
  touch(s, 4096);       // one page faults
  // Reading maps 16 of them: they were kept.
  printf("%d\\n", s[4096]);
  munmap(s, 2 * MiB);   // VIRT falls
  free(a);
  free(live);
  return 0;
}
`;
