export const firstTouch = `// malloc promises memory. Touching gets it.
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static long faults(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_minflt;
}

int main(void) {
  setbuf(stdout, NULL);
  char *live = malloc(24);    // the heap
  long n = faults(), sum = 0;
  // VIRT grows by 1 MiB, RES by one page:
  // the one with the chunk's header.
  char *p = malloc(256 * 4096);

  // Reading: every page shows the same page
  // of zeros. RES stays.
  n = faults();
  for (int i = 0; i < 64; i++)
    sum += p[i * 4096];
  printf("%ld faults\\n", faults() - n);

  // Writing: each gets a page of its own.
  n = faults();
  for (int i = 0; i < 64; i++)
    p[i * 4096] = 1;
  printf("%ld faults\\n", faults() - n);

  free(p);    // munmap: all of it goes back
  free(live);
  return 0;
}
`;
