export const doubleFree = `// A block is freed twice. The tcache notices, and the process aborts.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct message {
  char text[24];
  struct message *next;
};

struct message *make(const char *text) {
  struct message *m = malloc(sizeof(struct message));
  strcpy(m->text, text);
  m->next = NULL;
  return m;
}

int main(void) {
  setbuf(stdout, NULL);
  struct message *a = make("first");
  struct message *b = make("second");
  a->next = b;

  free(b);                   // writes the tcache key into b's second word
  puts(a->text);
  free(a->next);             // the same block again: the key is found
  puts("never printed");
  return 0;
}
`;
