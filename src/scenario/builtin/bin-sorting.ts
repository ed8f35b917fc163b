export const binSorting = `// Freed chunks wait in the unsorted bin.
// The next malloc sorts them.
#include <stdio.h>
#include <stdlib.h>

// A block, and a guard against merging.
char *block(int size) {
  char *p = malloc(size);
  malloc(24);
  return p;
}

int main(void) {
  setbuf(stdout, NULL);
  char *t[7];
  for (int i = 0; i < 7; i++)
    t[i] = malloc(0x88);
  char *s1 = block(0x88), *s2 = block(0x88);
  char *l1 = block(0x418), *l2 = block(0x428);
  char *l3 = block(0x418), *l4 = block(0x5f8);

  for (int i = 0; i < 7; i++)
    free(t[i]);            // tcache is full
  free(s1);  free(s2);     // so: unsorted
  free(l1);  free(l2);     // too large for
  free(l3);  free(l4);     // any tcache list

  // Nothing fits. Each chunk goes to its bin.
  // l1, l2, l3 share one, largest first;
  // fd_nextsize skips chunks of equal size.
  char *big = malloc(0x800);

  // Best fit is 0x420. Not l1: it heads its
  // size in the skip list. l3 is cheaper.
  char *best = malloc(0x408);
  printf("best == l3: %d\\n", best == l3);
  free(big);
  return 0;
}
`;
