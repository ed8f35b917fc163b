/* Runs an operation script on this machine's own malloc and writes what happened, in the recording format of docs/trace-format.md.
 *
 *   driver --probe            one line: where glibc keeps its state, found by behaviour, without debug symbols
 *   driver SCRIPT ARENA MP KEY LIBC     header and one JSON line per operation on stdout (addresses as hex)
 *
 * Both turn address space randomisation off by executing themselves again, so what the probe found holds for the run.
 * The driver never calls malloc: script, output and shadow copies live in fixed mappings far below the mmap area, which the
 * recording leaves out. x86-64, glibc 2.36, one thread. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <gnu/libc-version.h>
#include <malloc.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <unistd.h>

typedef uint64_t word;
typedef unsigned char byte;

enum {
  SLOTS = 65536,
  ARENA_BYTES = 2200,
  ARENA_TOP = 96,
  ARENA_NEXT = 2160,
  ARENA_SYSTEM_MEM = 2184,
  PAR_BYTES = 136,
  DIFF_CAP = 24,
  HASH_EVERY = 64,
};
#define FIXED_BASE 0x100000000000ull
#define SCRIPT_MAX (16ull << 20)
#define SHADOW_MAX (256ull << 20)
#define OUTPUT_MAX (512ull << 20)
#define MAPS_MAX (1ull << 20)
/* The random tcache key is replaced by this as soon as malloc has drawn it, so that two runs hold the same bytes. */
#define TCACHE_KEY 0x5ca1ab1e0ddba11bull

static byte *script, *shadow, *output, *mapsRaw, *mapsBefore, *mapsNow;
static word *slots, fixedEnd;
static size_t scriptBytes, outputBytes, mapsBeforeBytes;
static int outputFd = 1, errorPipe[2] = {-1, -1};
static word arena, par, key, libcBase, heapStart;
static size_t shadowBytes;
static byte arenaShadow[ARENA_BYTES], parShadow[PAR_BYTES], arenaCopy[ARENA_BYTES];

static void die(const char *why) {
  (void)!write(outputFd == 1 ? 2 : outputFd, why, strlen(why));
  _exit(99);
}

/* ---- output ------------------------------------------------------------------------------------------------------------ */
static void put(char c) {
  if (outputBytes == OUTPUT_MAX) die("too much output\n");
  output[outputBytes++] = c;
}
static void text(const char *s) { while (*s) put(*s++); }
static void hexDigits(word v, int least) {
  for (int shift = 60; shift >= 0; shift -= 4)
    if (v >> shift || shift < 4 * least) put("0123456789abcdef"[v >> shift & 15]);
}
static void hexField(const char *name, word v) { text(",\""), text(name), text("\":\"0x"), hexDigits(v, 1), put('"'); }
static void decimal(int64_t v) {
  char digits[24];
  int n = 0;
  word u = v < 0 ? put('-'), -(word)v : (word)v;
  do digits[n++] = '0' + u % 10;
  while (u /= 10);
  while (n) put(digits[--n]);
}
static void decimalField(const char *name, int64_t v) { text(",\""), text(name), text("\":"), decimal(v); }
static void quoted(const byte *s, size_t n) {
  put('"');
  for (size_t i = 0; i < n; i++) {
    if (s[i] == '"' || s[i] == '\\') put('\\'), put(s[i]);
    else if (s[i] < 32 || s[i] > 126) text("\\u00"), hexDigits(s[i], 2);
    else put(s[i]);
  }
  put('"');
}
static void base64Field(const char *name, const byte *p, size_t n) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  text(",\""), text(name), text("\":\"");
  for (size_t i = 0; i < n; i += 3) {
    unsigned v = p[i] << 16 | (i + 1 < n ? p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);
    put(digits[v >> 18]), put(digits[v >> 12 & 63]);
    put(i + 1 < n ? digits[v >> 6 & 63] : '='), put(i + 2 < n ? digits[v & 63] : '=');
  }
  put('"');
}
static void flush(void) {
  for (size_t done = 0; done < outputBytes;) {
    ssize_t n = write(outputFd, output + done, outputBytes - done);
    if (n <= 0) _exit(98);
    done += n;
  }
  outputBytes = 0;
}

/* ---- what is compared -------------------------------------------------------------------------------------------------- */
static uint32_t hash32(const void *from, size_t bytes) {
  const uint32_t *p = from;
  uint32_t h = 0x811c9dc5u;
  for (size_t i = 0; i < bytes / 4; i++) h = (h ^ p[i]) * 0x9E3779B1u, h ^= h >> 15;
  return h;
}
static void hashField(const char *name, uint32_t h) { text(",\""), text(name), text("\":\""), hexDigits(h, 8), put('"'); }

/* Writes [[offset, word], …] of what changed and updates the shadow. Returns how many words changed; at most `cap` are written. */
static size_t differences(const char *name, const byte *now, byte *before, size_t bytes, size_t cap) {
  size_t changed = 0, start = outputBytes;
  text(",\""), text(name), text("\":[");
  for (size_t block = 0; block < bytes; block += 4096) {
    size_t length = bytes - block < 4096 ? bytes - block : 4096;
    if (!memcmp(now + block, before + block, length)) continue;
    for (size_t at = block; at + 8 <= block + length; at += 8) {
      word w = *(const word *)(now + at);
      if (w == *(word *)(before + at)) continue;
      *(word *)(before + at) = w;
      if (changed++ >= cap) continue;
      if (changed > 1) put(',');
      text("[\""), hexDigits(at, 1), text("\",\""), hexDigits(w, 1), text("\"]");
    }
  }
  put(']');
  if (!changed) outputBytes = start;
  return changed;
}

static word number(const byte *p, const byte **end) {
  word v = 0;
  for (;; p++) {
    if (*p >= '0' && *p <= '9') v = v * 16 + *p - '0';
    else if (*p >= 'a' && *p <= 'f') v = v * 16 + *p - 'a' + 10;
    else break;
  }
  *end = p;
  return v;
}
static size_t readMaps(void) {
  int fd = open("/proc/self/maps", O_RDONLY);
  size_t n = 0;
  for (ssize_t r; (r = read(fd, mapsRaw + n, MAPS_MAX - 1 - n)) > 0;) n += r;
  close(fd);
  mapsRaw[n] = 0;
  return n;
}
static size_t lineLength(const byte *p) { return (const byte *)strchrnul((const char *)p, '\n') - p; }
static int ours(const byte *line) {
  const byte *end;
  word start = number(line, &end);
  return start >= FIXED_BASE && start < fixedEnd;
}
/* Anonymous and [heap] mappings as `start-end perm` and `start-end perm h`. */
static size_t anonymousMaps(byte *to) {
  size_t n = 0;
  readMaps();
  for (const byte *line = mapsRaw; *line; line += lineLength(line) + 1) {
    const byte *field[6] = {line};
    const byte *end = line + lineLength(line);
    int fields = 1;
    for (const byte *p = line; p < end && fields < 6; p++)
      if (p[0] == ' ' && p[1] != ' ') field[fields++] = p + 1;
    int hasName = fields == 6 && field[5] < end;
    int isHeap = hasName && end - field[5] == 6 && !memcmp(field[5], "[heap]", 6);
    if (*field[4] != '0' || (hasName && !isHeap) || ours(line)) continue;
    size_t length = field[2] - 1 - line;
    memcpy(to + n, line, length), n += length;
    if (isHeap) memcpy(to + n, " h", 2), n += 2;
    to[n++] = '\n';
  }
  to[n] = 0;
  return n;
}
static int contains(const byte *maps, const byte *line, size_t length) {
  for (; *maps; maps += lineLength(maps) + 1)
    if (lineLength(maps) == length && !memcmp(maps, line, length)) return 1;
  return 0;
}
static void linesMissing(const byte *from, const byte *in) {
  int first = 1;
  for (; *from; from += lineLength(from) + 1) {
    if (contains(in, from, lineLength(from))) continue;
    if (!first) put(',');
    first = 0, quoted(from, lineLength(from));
  }
}
static void mapsField(void) {
  size_t n = anonymousMaps(mapsNow);
  if (n == mapsBeforeBytes && !memcmp(mapsNow, mapsBefore, n)) return;
  text(",\"maps\":{\"-\":["), linesMissing(mapsBefore, mapsNow);
  text("],\"+\":["), linesMissing(mapsNow, mapsBefore), text("]}");
  byte *swap = mapsBefore;
  mapsBefore = mapsNow, mapsNow = swap, mapsBeforeBytes = n;
}

static void copyArena(byte *to) {
  memcpy(to, (void *)arena, ARENA_BYTES);
  memset(to, 0, 4); /* the lock */
  memset(to + ARENA_NEXT, 0, 16);
}
static void state(int index) {
  word end = (word)sbrk(0);
  size_t bytes = end > heapStart ? (end - heapStart) & ~7ull : 0;
  if (bytes > SHADOW_MAX) die("heap too large\n");
  hexField("brk", end), hexField("top", *(word *)(arena + ARENA_TOP)), hexField("sm", *(word *)(arena + ARENA_SYSTEM_MEM));
  if (bytes < shadowBytes) memset(shadow + bytes, 0, shadowBytes - bytes);
  shadowBytes = bytes;
  size_t changed = differences("hd", (byte *)heapStart, shadow, bytes, DIFF_CAP);
  decimalField("hn", changed);
  if (changed > DIFF_CAP || index % HASH_EVERY == 0 || index < 0) hashField("h32", hash32((void *)heapStart, bytes));
  copyArena(arenaCopy);
  hashField("a32", hash32(arenaCopy, ARENA_BYTES));
  differences("ad", arenaCopy, arenaShadow, ARENA_BYTES, ARENA_BYTES);
  if (memcmp(parShadow, (void *)par, PAR_BYTES)) {
    memcpy(parShadow, (void *)par, PAR_BYTES);
    text(",\"mp\":\"");
    for (int i = 0; i < PAR_BYTES; i++) hexDigits(parShadow[i], 2);
    put('"');
  }
  mapsField();
}

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

static struct result operate(char op) {
  const struct result done = {NOTHING, 0, 0};
  errno = 0;
  word *a = strchr("otbdZ", op) ? 0 : slot();
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
    return pointer(a, (void *)(*from + argument()));
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
    volatile word *to = (word *)(*a + argument());
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
  default: die("unknown operation\n");
  }
  return done;
}

/* ---- one line a operation, also when it dies --------------------------------------------------------------------------- */
static int current;
static const byte *currentText;
static byte errors[65536];

static void beginLine(void) { text("{\"i\":"), decimal(current), text(",\"op\":"), quoted(currentText, strlen((const char *)currentText)); }
static void errorsField(int always) {
  ssize_t n = read(errorPipe[0], errors, sizeof errors);
  if (n > 0 || always) text(",\"stderr\":"), quoted(errors, n > 0 ? n : 0);
}
static void onSignal(int number, siginfo_t *info, void *context) {
  static int inside;
  (void)context;
  if (inside++) _exit(97);
  beginLine();
  text(",\"sig\":\""), text(number == SIGABRT ? "SIGABRT" : number == SIGSEGV ? "SIGSEGV" : number == SIGBUS ? "SIGBUS" : "SIGFPE"), put('"');
  if (number != SIGABRT) hexField("addr", (word)info->si_addr);
  errorsField(1), state(-1), text("}\n"), flush();
  _exit(0);
}

static void header(void) {
  text("{\"header\":1,\"version\":"), quoted((const byte *)gnu_get_libc_version(), strlen(gnu_get_libc_version()));
  text(",\"abi\":\"amd64\""), decimalField("page", sysconf(_SC_PAGESIZE)), hexField("heap_start", heapStart), hexField("libc_base", libcBase);
  hexField("main_arena", arena), hexField("mp_", par), decimalField("sizeof_malloc_state", ARENA_BYTES), decimalField("sizeof_malloc_par", PAR_BYTES);
  hexField("heap_max", 0x4000000), hexField("tcache_key", TCACHE_KEY);
  text(",\"maps\":[");
  int first = 1;
  readMaps();
  for (const byte *line = mapsRaw; *line; line += lineLength(line) + 1) {
    if (ours(line)) continue;
    if (!first) put(',');
    first = 0, quoted(line, lineLength(line));
  }
  put(']'), base64Field("ms", (byte *)arena, ARENA_BYTES), base64Field("mpb", (byte *)par, PAR_BYTES), text("}\n");
  mapsBeforeBytes = anonymousMaps(mapsBefore), copyArena(arenaShadow), memcpy(parShadow, (void *)par, PAR_BYTES);
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
  for (byte *line = script; *line; current++) {
    size_t length = lineLength(line);
    line[length] = 0; /* the script ends with a newline */
    currentText = line, cursor = line + 1;
    struct result r = operate(*line);
    beginLine();
    if (r.kind == POINTER) hexField("ret", r.value);
    if (r.kind == NUMBER) decimalField("n", r.value);
    if (r.error) decimalField("err", r.error);
    if (r.kind == SKIPPED) text(",\"skipped\":1");
    errorsField(0);
    if (*(volatile word *)key && *(volatile word *)key != TCACHE_KEY) *(volatile word *)key = TCACHE_KEY;
    line += length + 1;
    state(*line ? current : -1), text("}\n");
    if (outputBytes > 1 << 20) flush();
  }
  flush();
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
    for (word at = start; at + 8 * n <= end; at += 8)
      if (!memcmp((void *)at, words, 8 * n)) found = found ? 1 : at;
  }
  return found > 1 ? found : 0;
}
static void probe(void) {
  /* malloc_par starts with trim_threshold, top_pad, mmap_threshold and arena_test at their defaults. */
  par = findWords((word[]){0x20000, 0x20000, 0x20000, 8}, 4);
  volatile word *small = malloc(24), *big = malloc(0x500), *guard = malloc(24);
  free((void *)small), free((void *)big);
  (void)guard;
  key = findWords((word[]){small[1]}, 1); /* a freed tcache entry holds the key */
  arena = big[0] - ARENA_TOP;             /* the unsorted bin's head stands for a chunk at &top */
  text("{\"version\":"), quoted((const byte *)gnu_get_libc_version(), strlen(gnu_get_libc_version()));
  hexField("libc", libcBase), hexField("arena", arena), hexField("mp", par), hexField("key", key), text("}\n"), flush();
}

static void *fixed(size_t bytes) {
  static word next = FIXED_BASE;
  void *p = mmap((void *)next, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE | MAP_NORESERVE, -1, 0);
  if (p != (void *)next) die("cannot map the driver's own memory\n");
  fixedEnd = next += bytes;
  return p;
}

int main(int argc, char **argv) {
  static char *environment[] = {"LIBC_FATAL_STDERR_=1", 0};
  int persona = personality(0xffffffff);
  if (!(persona & ADDR_NO_RANDOMIZE)) {
    if (personality(persona | ADDR_NO_RANDOMIZE) < 0) die("personality: this system does not let a program turn ASLR off\n");
    execve("/proc/self/exe", argv, environment);
    die("cannot execute itself\n");
  }
  script = fixed(SCRIPT_MAX), shadow = fixed(SHADOW_MAX), output = fixed(OUTPUT_MAX), slots = fixed(SLOTS * sizeof(word));
  mapsRaw = fixed(MAPS_MAX), mapsBefore = fixed(MAPS_MAX), mapsNow = fixed(MAPS_MAX);
  heapStart = (word)sbrk(0);
  if (heapStart & 4095) sbrk(4096 - (heapStart & 4095)), heapStart = (word)sbrk(0); /* kernels before 6.10 start the heap inside .bss's last page */
  if (argc == 2 && !strcmp(argv[1], "--probe")) return probe(), 0;
  if (argc != 6) die("usage: driver --probe | driver SCRIPT ARENA MP KEY LIBC\n");
  int fd = open(argv[1], O_RDONLY);
  for (ssize_t n; (n = read(fd, script + scriptBytes, SCRIPT_MAX - 1 - scriptBytes)) > 0;) scriptBytes += n;
  close(fd);
  if (!scriptBytes || script[scriptBytes - 1] != '\n') die("no script\n");
  const byte *end;
  arena = number((byte *)argv[2], &end), par = number((byte *)argv[3], &end), key = number((byte *)argv[4], &end), libcBase = number((byte *)argv[5], &end);
  runScript();
  _exit(0);
}
