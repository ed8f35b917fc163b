export const trimThreshold = `// When does free() make the heap smaller?
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char *start;

static void heap(const char *what) {
  long bytes = (char *)sbrk(0) - start;
  printf("%s: %ld KiB\\n", what, bytes / 1024);
}

int main(void) {
  setbuf(stdout, NULL);
  start = sbrk(0);
  char *a = malloc(60 * 1024);
  char *b = malloc(100 * 1024);
  heap("a, b");

  // Top becomes larger than trim_threshold,
  // 128 KiB. All but top_pad goes back.
  free(b);
  heap("free b");

  // A higher threshold: top keeps it.
  mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
  b = malloc(100 * 1024);
  free(b);
  heap("free b again");

  malloc_trim(0);    // by hand
  heap("trim");
  free(a);
  return 0;
}
`;
