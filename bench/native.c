/* Replays packed traces (format: src/engine/trace.ts) on the machine's own malloc, as fast as C can: the yardstick of the engine's replay.
 *
 *   native COUNT FILE…     one file a round, COUNT operations each; prints the seconds of every round
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct operation {
  uint8_t kind, zero;
  uint16_t slot;
  uint32_t size;
};
enum { MALLOC = 1, FREE, CALLOC, REALLOC };

static void *slots[65536];

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static double replay(const struct operation *op, long count) {
  double start = now();
  for (const struct operation *end = op + count; op < end; op++) {
    void **slot = &slots[op->slot];
    void *p = NULL;
    switch (op->kind) {
    case MALLOC: p = malloc(op->size); break;
    case FREE: free(*slot); break;
    case CALLOC: p = calloc(1, op->size); break;
    case REALLOC: p = realloc(*slot, op->size); break;
    }
    if (p) *(volatile char *)p = 1; /* a program writes to what it asked for */
    *slot = p;
  }
  return now() - start;
}

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  long count = atol(argv[1]);
  struct operation *trace = malloc(count * sizeof *trace); /* mmapped: it leaves the heap to the trace */
  for (int i = 2; i < argc; i++) {
    FILE *file = fopen(argv[i], "rb");
    if (!file || setvbuf(file, NULL, _IONBF, 0) || fread(trace, sizeof *trace, count, file) != (size_t)count) return 1;
    fclose(file);
    printf("%.9f\n", replay(trace, count));
    fflush(stdout);
  }
  return 0;
}
