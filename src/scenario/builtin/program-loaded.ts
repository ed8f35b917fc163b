export const programLoaded = `// Before main: who makes which mapping?
// Step (Phase or Line) from the beginning.
//
// execve, in the kernel: the stack, this
// program, ld.so, vvar and vdso; the heap
// is empty.
// ld.so, in user space: libc, first as a
// whole, then part by part; what may not
// be written any more becomes read-only.
#include <stdio.h>

const char text[] = "in .rodata";
int counter = 1;     // in .data
char room[9000];     // in .bss

int main(int argc, char **argv) {
  // On the stack above main's frame:
  // argv, its strings, the environment.
  printf("%d %p\\n", argc, (void *)argv[argc]);
  counter++;         // its own page by now
  room[8999] = 1;    // a page fault
  return text[0] == 'i' ? 0 : 1;
}
`;
