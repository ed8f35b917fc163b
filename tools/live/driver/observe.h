/* What is compared after each operation: the heaps, the arenas, malloc_par and the mappings; what changed in them since the one before. */
enum { DIFF_CAP = 24, HASH_EVERY = 64 };

static byte *mapsRaw, *mapsBefore, *mapsNow;
static size_t mapsBeforeBytes;
static word arena, par, heapStart, freeList;
static byte arenaShadow[ARENA_BYTES], parShadow[PAR_BYTES], arenaCopy[ARENA_BYTES];

/* Bytes of a heap as they were, zeroes above its end. */
struct shadow {
  word at;
  size_t bytes;
  byte *copy;
  int seen;
};
static struct shadow mainHeap, heaps[HEAPS];

/* ---- hashes and changes ------------------------------------------------------------------------------------------------ */
static const uint32_t HASH_START = 0x811c9dc5u;
static uint32_t hash32(uint32_t h, const void *from, size_t bytes) {
  const uint32_t *p = from;
  for (size_t i = 0; i < bytes / 4; i++) h = (h ^ p[i]) * 0x9E3779B1u, h ^= h >> 15;
  return h;
}
static void hashField(const char *n, uint32_t h) { name(n), put('"'), hexDigits(h, 8), put('"'); }

/* Writes [[offset, word], …] of what changed, at most `cap`, and updates the copy. Returns how many words changed; `hash` is over all. */
static size_t differences(const char *field, const byte *now, byte *before, size_t bytes, size_t cap, uint32_t *hash) {
  size_t changed = 0, start = outputBytes;
  name(field), put('[');
  for (size_t block = 0; block < bytes; block += 4096) {
    size_t length = bytes - block < 4096 ? bytes - block : 4096;
    if (!memcmp(now + block, before + block, length)) continue;
    for (size_t at = block; at + W <= block + length; at += W) {
      word w = *(const word *)(now + at);
      if (w == *(word *)(before + at)) continue;
      *(word *)(before + at) = w;
      *hash = hash32(hash32(*hash, &(uint32_t){at}, 4), &w, W);
      if (changed++ >= cap) continue;
      if (changed > 1) put(',');
      text("[\""), hexDigits(at, 1), text("\",\""), hexDigits(w, 1), text("\"]");
    }
  }
  put(']');
  if (!changed) outputBytes = start;
  return changed;
}
static void heapChanges(struct shadow *s, size_t bytes) {
  uint32_t hash = HASH_START;
  if (bytes < s->bytes) memset(s->copy + bytes, 0, s->bytes - bytes);
  s->bytes = bytes;
  size_t changed = differences("hd", (byte *)s->at, s->copy, bytes, DIFF_CAP, &hash);
  decimalField("hn", changed);
  if (changed > DIFF_CAP) hashField("hx", hash);
}

/* ---- mappings ---------------------------------------------------------------------------------------------------------- */
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
  return number(line, &end) == OWN_START;
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
  name("maps"), text("{\"-\":["), linesMissing(mapsBefore, mapsNow);
  text("],\"+\":["), linesMissing(mapsNow, mapsBefore), text("]}");
  byte *swap = mapsBefore;
  mapsBefore = mapsNow, mapsNow = swap, mapsBeforeBytes = n;
}

/* ---- arenas ------------------------------------------------------------------------------------------------------------ */
static word at(word address) { return *(word *)address; }
/* Damage may have led a pointer astray. */
static int there(word address) {
  byte inCore;
  return mincore((void *)(address & ~(word)4095), 4096, &inCore) == 0;
}
static void copyArena(byte *to) {
  memcpy(to, (void *)arena, ARENA_BYTES);
  memset(to, 0, 4); /* the lock */
  memset(to + ARENA_NEXT, 0, 2 * W);
}
static struct shadow *shadowOf(word h) {
  struct shadow *unused = 0;
  for (struct shadow *s = heaps; s < heaps + HEAPS; s++) {
    if (s->at == h) return s;
    if (!s->at && !unused) unused = s;
  }
  if (!unused) die("too many heaps\n");
  unused->at = h;
  return unused;
}
static void heapRow(word a, word h, int last) {
  struct shadow *s = shadowOf(h);
  size_t size = at(h + HEAP_SIZE), bytes = size > HEAP_MAX ? 0 : size;
  s->seen = 1;
  put('{'), hexField("h", h), hexField("size", size), heapChanges(s, bytes & ~(size_t)(W - 1));
  if (last) {
    word from = a > h && a < h + HEAP_MAX ? a + ARENA_BYTES : h;
    if (from > h) hashField("h320", hash32(HASH_START, (void *)h, a - h));
    hashField("h32", hash32(HASH_START, (void *)from, h + bytes - from));
  }
  put('}');
}
static void arenasField(int last) {
  word a = at(arena + ARENA_NEXT);
  if (!a || a == arena) return;
  name("arenas"), put('[');
  for (int n = 0; a && a != arena && n < HEAPS && there(a); n++, a = at(a + ARENA_NEXT)) {
    if (n) put(',');
    word top = at(a + ARENA_TOP);
    put('{'), hexField("a", a), hexField("top", top), hexField("sm", at(a + ARENA_SYSTEM_MEM));
    decimalField("att", at(a + ARENA_ATTACHED)), name("heaps"), put('[');
    int first = 1;
    for (word h = top & ~(word)(HEAP_MAX - 1); h && there(h); h = at(h + HEAP_PREV), first = 0) {
      if (!first) put(',');
      heapRow(a, h, last);
    }
    text("]}");
  }
  put(']');
  for (struct shadow *s = heaps; s < heaps + HEAPS; s++) {
    if (s->at && !s->seen) madvise(s->copy, HEAP_MAX, MADV_DONTNEED), s->at = s->bytes = 0;
    s->seen = 0;
  }
}

/* What a fork does to the arenas: the free list's first; of each its lock, its next on that list, its threads. */
static void forkField(void) {
  name("fork"), put('{'), hexField("free", at(freeList)), name("arenas"), put('[');
  word a = arena;
  for (int n = 0; n < HEAPS && (a != arena || !n); n++, a = at(a + ARENA_NEXT)) {
    if (n) put(',');
    text("[\"0x"), hexDigits(a, 1), text("\","), decimal(*(int32_t *)a), text(",\"0x"), hexDigits(at(a + ARENA_NEXT + W), 1), text("\",");
    decimal(at(a + ARENA_ATTACHED)), put(']');
  }
  text("]}");
}

/* All of it; `index` < 0 for the last line. */
static void state(int index) {
  word end = (word)sbrk(0);
  size_t bytes = end > heapStart ? (end - heapStart) & ~(size_t)(W - 1) : 0;
  int hashed = index < 0 || index % HASH_EVERY == 0;
  uint32_t unused = 0;
  if (bytes > SHADOW_MAX) die("heap too large\n");
  hexField("brk", end), hexField("top", at(arena + ARENA_TOP)), hexField("sm", at(arena + ARENA_SYSTEM_MEM));
  heapChanges(&mainHeap, bytes);
  if (hashed) hashField("h32", hash32(HASH_START, (void *)heapStart, bytes));
  copyArena(arenaCopy);
  hashField("a32", hash32(HASH_START, arenaCopy, ARENA_BYTES));
  differences("ad", arenaCopy, arenaShadow, ARENA_BYTES, ARENA_BYTES, &unused);
  arenasField(index < 0);
  if (memcmp(parShadow, (void *)par, PAR_BYTES)) {
    memcpy(parShadow, (void *)par, PAR_BYTES);
    name("mp"), put('"');
    for (int i = 0; i < PAR_BYTES; i++) hexDigits(parShadow[i], 2);
    put('"');
  }
  mapsField();
}

static void watch(void) {
  mainHeap.at = heapStart, mainHeap.copy = own(SHADOW_MAX);
  for (int i = 0; i < HEAPS; i++) heaps[i].copy = own(HEAP_MAX);
  mapsBeforeBytes = anonymousMaps(mapsBefore), copyArena(arenaShadow), memcpy(parShadow, (void *)par, PAR_BYTES);
}
