export const threadStacks = `// A thread's stack is a mapping: a guard page
// nobody may touch, and 8 MiB above it.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static char *spot[3];

static void use(char **where) {
  char frame[64 * 1024];
  // Only what is used becomes resident.
  for (int i = 0; i < 64 * 1024; i += 4096)
    frame[i] = 1;
  *where = frame;
}

static void *work(void *arg) {
  use(arg);
  return NULL;
}

int main(void) {
  setbuf(stdout, NULL);
  char *live = malloc(24);
  pthread_t a, b;
  pthread_create(&a, NULL, work, &spot[0]);
  pthread_create(&b, NULL, work, &spot[1]);
  pthread_join(a, NULL);
  pthread_join(b, NULL);
  printf("%ld KiB apart\\n",
         (long)(spot[0] - spot[1]) / 1024);

  // The stacks are kept for the next thread.
  pthread_create(&a, NULL, work, &spot[2]);
  pthread_join(a, NULL);
  printf("%d\\n", spot[2] == spot[0] ||
                  spot[2] == spot[1]);
  free(live);
  return 0;
}
`;
