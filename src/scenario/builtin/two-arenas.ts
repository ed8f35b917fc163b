export const twoArenas = `// Three threads, two arenas, one lock each.
#include <pthread.h>
#include <stdlib.h>

static char *gift[9];

static void *work(void *arg) {
  // Its first malloc: a new arena. 64 MiB are
  // reserved, 132 KiB of them made writable.
  char *mine = malloc(1000);

  // Blocks that main made: seven go to this
  // thread's tcache, without any lock. The next
  // one goes home, to main_arena: locked.
  for (int i = 0; i < 9; i++)
    free(gift[i]);
  free(mine);
  return NULL;
}

static void *late(void *arg) {
  // MALLOC_ARENA_MAX is 2: no arena of its own.
  // main_arena is locked, so it goes elsewhere.
  char *p = malloc(3000);
  free(p);
  return NULL;
}

int main(void) {
  for (int i = 0; i < 9; i++)
    gift[i] = malloc(130);

  pthread_t a, b;
  pthread_create(&a, NULL, work, NULL);
  pthread_create(&b, NULL, late, NULL);

  // Here main pauses inside malloc, with the
  // lock of main_arena held.
  char *big = malloc(5000);

  pthread_join(a, NULL);
  pthread_join(b, NULL);
  free(big);
  return 0;
}
`;
