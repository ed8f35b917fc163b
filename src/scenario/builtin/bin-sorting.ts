export const binSorting = `// Freed chunks wait in the unsorted bin. The next malloc sorts them.
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  setbuf(stdout, NULL);
  char *t[7];
  for (int i = 0; i < 7; i++)
    t[i] = malloc(0x88);
  char *s1 = malloc(0x88);   malloc(24);  // the 24s are guards:
  char *s2 = malloc(0x88);   malloc(24);  // no two chunks may merge
  char *l1 = malloc(0x418);  malloc(24);
  char *l2 = malloc(0x428);  malloc(24);
  char *l3 = malloc(0x418);  malloc(24);
  char *l4 = malloc(0x5f8);  malloc(24);

  for (int i = 0; i < 7; i++)
    free(t[i]);              // tcache[0x90] is full
  free(s1);                  // so s1 and s2 go to the unsorted bin
  free(s2);
  free(l1);                  // above 0x410 the tcache is never asked
  free(l2);
  free(l3);
  free(l4);

  // Nothing fits: every chunk is moved to its bin on the way. One large bin
  // holds 0x400 to 0x430, largest first; fd_nextsize skips equal sizes.
  char *big = malloc(0x800);

  char *best = malloc(0x408);  // best fit: 0x420, not the head of the skip list
  printf("best is l1: %s, l3: %s\\n", best == l1 ? "yes" : "no", best == l3 ? "yes" : "no");
  free(big);
  return 0;
}
`;
