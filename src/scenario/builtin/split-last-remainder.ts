export const splitLastRemainder = `// A chunk is split; its remainder serves the next small requests.
#include <stdio.h>
#include <stdlib.h>

int main(void) {
  setbuf(stdout, NULL);
  char *d = malloc(0x420);
  malloc(24);                // guard: keeps d away from top
  free(d);                   // unsorted: 0x430

  char *a = malloc(0x98);    // sorts d into a large bin, then splits it:
                             // 0xa0 for a, 0x390 become last_remainder
  char *b = malloc(0x38);    // small, and last_remainder is alone in the
  char *c = malloc(0x38);    // unsorted bin: cut from it without any search

  printf("b follows a: %s\\n", b == a + 0xa0 ? "yes" : "no");
  printf("c follows b: %s\\n", c == b + 0x40 ? "yes" : "no");

  char *e = malloc(0x300);   // 0x310 would leave 0: the remainder fits exactly
  char *f = malloc(0x38);    // nothing is left to split: from top
  printf("e follows c: %s, f is above the guard: %s\\n",
         e == c + 0x40 ? "yes" : "no", f > e + 0x300 ? "yes" : "no");
  return 0;
}
`;
