export const whyNotMmap = `// Why malloc does not map every block.
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static long faults(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_minflt;
}

static void round_of(const char *where) {
  long before = faults();
  char *p = malloc(256 * 1024);
  for (int i = 0; i < 256 * 1024; i += 4096)
    p[i] = 1;
  free(p);
  before = faults() - before;
  printf("%s %ld\\n", where, before);
}

int main(void) {
  setbuf(stdout, NULL);
  free(malloc(256 * 1024));
  char *live = malloc(1000);
  // Mapped: every page faults, every time.
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
  for (int i = 0; i < 3; i++)
    round_of("mmap");
  // In the heap: the pages are still there.
  mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
  mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
  for (int i = 0; i < 3; i++)
    round_of("heap");
  free(live);
  return 0;
}
`;
