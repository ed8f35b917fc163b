export const doubleFree = `// A block is freed twice. The tcache
// notices, and the process aborts.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct message {
  char text[24];
  struct message *next;
};

struct message *make(const char *text) {
  struct message *m = malloc(sizeof *m);
  strcpy(m->text, text);
  m->next = NULL;
  return m;
}

int main(void) {
  setbuf(stdout, NULL);
  struct message *a = make("first");
  struct message *b = make("second");
  a->next = b;

  // Leaves the tcache key in b's 2nd word.
  free(b);
  puts(a->text);

  // The same block: its key is found.
  free(a->next);
  puts("never printed");
  return 0;
}
`;
