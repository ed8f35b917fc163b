/** The allocator's algorithm and the kernel's in words: outlines of its functions, sentences of their lines in both languages, every release's messages. */
export { kernelListingOf, listingOf } from "./listing-rows";
export { markWords } from "./mark-words";
