export const splitLastRemainder = `// A chunk is split. Its remainder serves
// the small requests that follow.
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  setbuf(stdout, NULL);
  char *d = malloc(0x420);
  malloc(24);               // guard
  free(d);                  // unsorted: 0x430

  // d is sorted into a large bin and split:
  // 0xa0 for a, 0x390 are last_remainder.
  char *a = malloc(0x98);

  // Small, and last_remainder is alone in
  // unsorted: cut from it, no search.
  char *b = malloc(0x38);
  char *c = malloc(0x38);
  printf("b - a = %#x\\n", (int)(b - a));
  printf("c - b = %#x\\n", (int)(c - b));

  // The rest fits exactly: nothing is left.
  char *e = malloc(0x300);
  printf("e - c = %#x\\n", (int)(e - c));

  char *f = malloc(0x38);   // so: from top
  printf("f - e = %#x\\n", (int)(f - e));
  return 0;
}
`;
