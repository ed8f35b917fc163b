export const fastbinConsolidation = `// Fastbins put off merging. A large
// request makes up for it.
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  setbuf(stdout, NULL);
  char *t[7];
  for (int i = 0; i < 7; i++)
    t[i] = malloc(40);   // for the tcache
  char *a = malloc(40);
  char *b = malloc(40);
  char *c = malloc(40);
  malloc(24);            // guard before top

  for (int i = 0; i < 7; i++)
    free(t[i]);          // tcache is full

  // These stay marked as in use in the
  // fastbin, so neighbours do not merge.
  free(a);
  free(b);
  free(c);

  // Too large for the small bins: first
  // malloc_consolidate merges a, b and c,
  // then the result is sorted into a bin.
  char *big = malloc(0x500);

  // 3 * 0x30 = 0x90: exactly that chunk.
  char *d = malloc(0x80);
  printf("d == a: %d\\n", d == a);
  free(big);
  return 0;
}
`;
