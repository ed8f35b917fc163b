export const twoArenas = `// Three threads, two arenas, a lock each.
#include <pthread.h>
#include <stdlib.h>

static char *gift[9];

static void *work(void *arg) {
  // First malloc, new arena: 64 MiB reserved.
  char *mine = malloc(1000);

  // Made by main: seven go to this thread's
  // tcache, unlocked. The next must go home.
  for (int i = 0; i < 9; i++)
    free(gift[i]);
  free(mine);
  return NULL;
}

static void *late(void *arg) {
  // No third arena: MALLOC_ARENA_MAX is 2.
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

  // Pauses inside, with main_arena locked.
  char *big = malloc(5000);
  pthread_join(a, NULL);
  pthread_join(b, NULL);
  free(big);
  return 0;
}
`;
