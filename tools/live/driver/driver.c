/* Runs an operation script on this machine's own malloc and writes what happened, in the recording format of docs/trace-format.md.
 *
 *   driver --probe                      one line: where glibc keeps its state, found by behaviour, without debug symbols
 *   driver SCRIPT ARENA MP KEY LIBC FREE_LIST
 *                                       header and one JSON line per operation on stdout (addresses as hex)
 *
 * Both turn address space randomisation off by executing themselves again, so what the probe found holds for the run. Linux on x86, built for
 * 64 bits or for 32, glibc 2.36. */
#include "common.h"
#include "observe.h"

static byte *script;
static word *slots, key, libcBase;
static size_t scriptBytes;
static int errorPipe[2] = {-1, -1};

/* ---- operations -------------------------------------------------------------------------------------------------------- */
static const byte *cursor;
static int64_t argument(void) {
  while (*cursor == ' ') cursor++;
  int negative = *cursor == '-' && cursor++;
  word v = 0;
  if (cursor[0] == '0' && cursor[1] == 'x') v = number(cursor + 2, &cursor);
  else while (*cursor >= '0' && *cursor <= '9') v = v * 10 + *cursor++ - '0';
  return negative ? -v : v;
}
static word *slot(void) {
  int64_t id = argument();
  if (id < 0 || id >= SLOTS) die("bad slot\n");
  return &slots[id];
}
static int nibble(int c) { return c <= '9' ? c - '0' : (c | 32) - 'a' + 10; }

enum { NOTHING, POINTER, NUMBER, SKIPPED };
struct result {
  int kind, error;
  word value;
};
static struct result pointer(word *to, void *p) { return (struct result){POINTER, errno, to ? *to = (word)p : (word)p}; }
static struct result count(int64_t n) { return (struct result){NUMBER, 0, n}; }

/* Forks. The child goes on with the script, all of whose output is its own then, and the parent ends as the child does; or the child ends at once. */
static int forks, inChild;
static void forked(int childGoesOn) {
  int status;
  pid_t child = fork();
  if (child < 0) die("cannot fork\n");
  forks = 1;
  if (!child && !childGoesOn) _exit(0);
  if (child) {
    waitpid(child, &status, 0);
    if (childGoesOn) _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 96);
  } else inChild = 1;
}

static struct result operate(char op) {
  const struct result done = {NOTHING, 0, 0};
  errno = 0;
  word *a = strchr("otbdZKk", op) ? 0 : slot();
  if (strchr("wFWMNY", op) && !*a) return (struct result){SKIPPED, 0, 0};
  word x, y;
  switch (op) {
  case 'm': x = argument(); return pointer(a, malloc(x));
  case 'c': x = argument(), y = argument(); return pointer(a, calloc(x, y));
  case 'a': x = argument(), y = argument(); return pointer(a, memalign(x, y));
  case 'A': x = argument(), y = argument(); return pointer(a, aligned_alloc(x, y));
  case 'v': x = argument(); return pointer(a, valloc(x));
  case 'P': x = argument(); return pointer(a, pvalloc(x));
  case 'p': {
    void *p = 0;
    x = argument(), y = argument();
    int error = posix_memalign(&p, x, y);
    *a = (word)p;
    return (struct result){POINTER, error, *a};
  }
  case 'r': {
    word *to = slot();
    x = argument();
    void *p = realloc((void *)*a, x);
    struct result r = pointer(0, p);
    if (p || x == 0) *a = 0, *to = (word)p;
    return r;
  }
  case 'f': free((void *)*a); return (struct result){NOTHING, errno, 0};
  case 'z': x = argument(), free((void *)(*a + x)); return (struct result){NOTHING, errno, 0};
  case 'Z': x = argument(), free((void *)x); return (struct result){NOTHING, errno, 0};
  case 'u': return count(malloc_usable_size((void *)*a));
  case 'o': x = argument(), y = argument(); return count(mallopt(x, y));
  case 't': x = argument(); return count(malloc_trim(x));
  case 'b': x = argument(); return pointer(0, sbrk(x));
  case 'G': {
    word *from = slot();
    return pointer(a, (void *)(word)(*from + argument()));
  }
  case 'w': {
    volatile byte *to = (byte *)*a + argument();
    for (cursor += strspn((const char *)cursor, " "); cursor[0] > ' ' && cursor[1] > ' '; cursor += 2)
      *to++ = nibble(cursor[0]) * 16 + nibble(cursor[1]);
    return done;
  }
  case 'F': {
    volatile byte *to = (byte *)*a + argument();
    int value = argument();
    for (word n = argument(); n; n--) *to++ = value;
    return done;
  }
  case 'N': {
    volatile word *to = (word *)(word)(*a + argument());
    *to = argument();
    return done;
  }
  case 'W': case 'M': case 'Y': {
    word at = *a + argument();
    word *from = slot();
    word value = *from + argument();
    *(volatile word *)at = op == 'W' ? value : op == 'M' ? at >> 12 ^ value : *(volatile word *)value;
    return done;
  }
  case 'd': return done;
  case 'K': return forked(1), done;
  case 'k': return forked(0), done;
  default: die("unknown operation\n");
  }
  return done;
}

static void finishLine(struct result), runLines(void);

/* ---- threads: all wait but one ----------------------------------------------------------------------------------------- */
enum { WAITS, RUNS, STARTS, LEAVES };
struct thread {
  pthread_t id;
  int turn, alive;
};
static struct thread threads[THREADS];
static struct result threadResult;

static void awaitChange(int *turn, int from) {
  while (__atomic_load_n(turn, __ATOMIC_SEQ_CST) == from) syscall(SYS_futex, turn, FUTEX_WAIT, from, 0, 0, 0);
}
static void setTurn(int *turn, int to) {
  __atomic_store_n(turn, to, __ATOMIC_SEQ_CST);
  syscall(SYS_futex, turn, FUTEX_WAKE, THREADS, 0, 0, 0);
}
static void *threadMain(void *argument) {
  struct thread *t = argument;
  for (;;) {
    setTurn(&t->turn, WAITS);
    awaitChange(&t->turn, WAITS);
    if (t->turn == LEAVES) return 0;
    threadResult = operate(*cursor++);
    /* It is alone, and has the rest of the script to itself. */
    if (inChild) finishLine(threadResult), runLines();
  }
}
static struct thread *thread(int alive) {
  int64_t n = argument();
  if (n < 0 || n >= THREADS || threads[n].alive != alive) die("no such thread\n");
  return &threads[n];
}
/* Any operation, also those that are about threads. */
static struct result perform(void) {
  const struct result done = {NOTHING, 0, 0};
  struct thread *t;
  char op = *cursor++;
  switch (op) {
  case 'S':
    t = thread(0), t->turn = STARTS, t->alive = 1;
    if (pthread_create(&t->id, 0, threadMain, t)) die("cannot create a thread\n");
    awaitChange(&t->turn, STARTS);
    return done;
  case 'X':
    t = thread(1), setTurn(&t->turn, LEAVES), pthread_join(t->id, 0), t->alive = 0;
    return done;
  case 'T':
    t = thread(1), cursor += strspn((const char *)cursor, " ");
    setTurn(&t->turn, RUNS), awaitChange(&t->turn, RUNS);
    return threadResult;
  default: return operate(op);
  }
}

/* ---- one line a operation, also when it dies --------------------------------------------------------------------------- */
static int current;
static byte *line;
static const byte *currentText;
static byte errors[65536];

static void beginLine(void) { put('{'), decimalField("i", current), textField("op", (const char *)currentText); }
static void errorsField(int always) {
  ssize_t n = read(errorPipe[0], errors, sizeof errors);
  if (n > 0 || always) name("stderr"), quoted(errors, n > 0 ? n : 0);
}
static void onSignal(int number, siginfo_t *info, void *context) {
  static int inside;
  (void)context;
  if (inside++) _exit(97);
  beginLine();
  textField("sig", number == SIGABRT ? "SIGABRT" : number == SIGSEGV ? "SIGSEGV" : number == SIGBUS ? "SIGBUS" : "SIGFPE");
  if (number != SIGABRT) hexField("addr", (word)info->si_addr);
  errorsField(1), state(-1), text("}\n"), flush();
  _exit(0);
}

static void header(void) {
  put('{'), decimalField("header", 1), textField("version", gnu_get_libc_version()), textField("abi", ABI);
  decimalField("page", sysconf(_SC_PAGESIZE)), hexField("heap_start", heapStart), hexField("libc_base", libcBase);
  hexField("main_arena", arena), hexField("mp_", par), decimalField("sizeof_malloc_state", ARENA_BYTES), decimalField("sizeof_malloc_par", PAR_BYTES);
  hexField("heap_max", HEAP_MAX), hexField("tcache_key", TCACHE_KEY), decimalField("cores", get_nprocs());
  name("maps"), put('[');
  int first = 1;
  readMaps();
  for (const byte *line = mapsRaw; *line; line += lineLength(line) + 1) {
    if (ours(line)) continue;
    if (!first) put(',');
    first = 0, quoted(line, lineLength(line));
  }
  put(']'), base64Field("ms", (byte *)arena, ARENA_BYTES), base64Field("mpb", (byte *)par, PAR_BYTES), text("}\n");
  watch();
}

static void runScript(void) {
  static byte signalStack[65536];
  if (pipe2(errorPipe, O_NONBLOCK | O_CLOEXEC)) die("pipe\n");
  outputFd = fcntl(1, F_DUPFD, 100);
  dup2(errorPipe[1], 2);
  sigaltstack(&(stack_t){.ss_sp = signalStack, .ss_size = sizeof signalStack}, 0);
  const int signals[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE};
  for (int i = 0; i < 4; i++) sigaction(signals[i], &(struct sigaction){.sa_sigaction = onSignal, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER}, 0);
  header();
  line = script;
  runLines();
}

static void finishLine(struct result r) {
  beginLine();
  if (r.kind == POINTER) hexField("ret", r.value);
  if (r.kind == NUMBER) decimalField("n", r.value);
  if (r.error) decimalField("err", r.error);
  if (r.kind == SKIPPED) decimalField("skipped", 1);
  errorsField(0);
  if (*(volatile word *)key && *(volatile word *)key != TCACHE_KEY) *(volatile word *)key = TCACHE_KEY;
  line += strlen((char *)line) + 1, current++;
  state(*line ? current - 1 : -1);
  if (forks) forks = 0, forkField();
  text("}\n");
  if (outputBytes > 1 << 20) flush();
}
static void runLines(void) {
  while (*line) {
    line[lineLength(line)] = 0; /* the script ends with a newline */
    currentText = line, cursor = line;
    finishLine(perform());
  }
  flush();
  _exit(0);
}

/* ---- where glibc keeps its state --------------------------------------------------------------------------------------- */
/* The only place in libc's writable data that holds these words in a row, or 0. */
static word findWords(const word *words, int n) {
  word found = 0;
  readMaps();
  int insideLibc = 0;
  for (const byte *line = mapsRaw; *line; line += lineLength(line) + 1) {
    const byte *p;
    word start = number(line, &p), end = number(p + 1, &p);
    if (memmem(line, lineLength(line), "/libc.so", 8) || memmem(line, lineLength(line), "/libc-2", 7)) {
      if (!libcBase) libcBase = start;
      insideLibc = 1;
    } else if (memchr(line, '/', lineLength(line)) || memchr(line, '[', lineLength(line))) insideLibc = 0;
    if (!insideLibc || p[1] != 'r' || p[2] != 'w') continue;
    for (word at = start; at + W * n <= end; at += W)
      if (!memcmp((void *)at, words, W * n)) found = found ? 1 : at;
  }
  return found > 1 ? found : 0;
}
static void probe(void) {
  /* malloc_par starts with trim_threshold, top_pad, mmap_threshold and arena_test at their defaults. */
  par = findWords((word[]){0x20000, 0x20000, 0x20000, ARENA_TEST}, 4);
  volatile word *small = malloc(24), *big = malloc(0x500), *guard = malloc(24);
  free((void *)small), free((void *)big);
  (void)guard;
  key = findWords((word[]){small[1]}, 1); /* a freed tcache entry holds the key */
  arena = big[0] - ARENA_TOP;             /* the unsorted bin's head stands for a chunk at &top */
  put('{'), textField("version", gnu_get_libc_version());
  hexField("libc", libcBase), hexField("arena", arena), hexField("mp", par), hexField("key", key), text("}\n"), flush();
}

/* The same on every machine: no randomisation, no variables for malloc, stacks of 8 MiB (which also decide where mappings go). */
static void startAgain(char **argv, int persona) {
  static char *environment[] = {"LIBC_FATAL_STDERR_=1", 0};
  struct rlimit stack;
  getrlimit(RLIMIT_STACK, &stack), stack.rlim_cur = 8 << 20;
  if (setrlimit(RLIMIT_STACK, &stack)) die("setrlimit: this system does not allow a stack of 8 MiB\n");
  if (personality(persona | ADDR_NO_RANDOMIZE) < 0) die("personality: this system does not let a program turn ASLR off\n");
  execve("/proc/self/exe", argv, environment);
  die("cannot execute itself\n");
}

int main(int argc, char **argv) {
  int persona = personality(0xffffffff);
  if (!(persona & ADDR_NO_RANDOMIZE)) startAgain(argv, persona);
  reserveOwn();
  script = own(SCRIPT_MAX), output = own(OUTPUT_MAX), slots = own(SLOTS * W);
  mapsRaw = own(MAPS_MAX), mapsBefore = own(MAPS_MAX), mapsNow = own(MAPS_MAX);
  heapStart = (word)sbrk(0);
  if (heapStart & 4095) sbrk(4096 - (heapStart & 4095)), heapStart = (word)sbrk(0); /* kernels before 6.10 start the heap inside .bss's last page */
  if (argc == 2 && !strcmp(argv[1], "--probe")) return probe(), 0;
  if (argc != 7) die("usage: driver --probe | driver SCRIPT ARENA MP KEY LIBC FREE_LIST\n");
  int fd = open(argv[1], O_RDONLY);
  for (ssize_t n; (n = read(fd, script + scriptBytes, SCRIPT_MAX - 1 - scriptBytes)) > 0;) scriptBytes += n;
  close(fd);
  if (!scriptBytes || script[scriptBytes - 1] != '\n') die("no script\n");
  const byte *end;
  arena = number((byte *)argv[2], &end), par = number((byte *)argv[3], &end), key = number((byte *)argv[4], &end), libcBase = number((byte *)argv[5], &end);
  freeList = number((byte *)argv[6], &end);
  runScript();
}
