export const fifteenYears = `// One program, fifteen years of glibc:
// another heap under each release.
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  setbuf(stdout, NULL);
  char *t[9];
  for (int i = 0; i < 9; i++)
    t[i] = malloc(24);
  char *big = malloc(2000);
  char *guard = malloc(24);

  for (int i = 0; i < 9; i++)
    free(t[i]);
  big = realloc(big, 1900);

  // Cleared memory: from where?
  char *z = calloc(1, 24);
  printf("z == t[8]: %d\\n", z == t[8]);

  // What is cut off in front of it?
  char *m = aligned_alloc(64, 40);
  char *n = malloc(24);
  printf("n < m: %d\\n", n < m);

  free(guard);
  free(m);
  malloc_trim(-1);  // "keep everything"
  return 0;
}
`;
