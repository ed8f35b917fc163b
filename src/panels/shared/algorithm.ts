/** The allocator's algorithm in words: outlines of its functions, sentences of their lines in both languages, every release's messages. */
export { listingOf } from "./listing-rows";
export { markWords } from "./mark-words";
