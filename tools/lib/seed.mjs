/** Where every random test of a run begins: fixed, so that the gate says the same twice; HEAPGLASS_SEED chooses another. */
export const seed = Number(process.env["HEAPGLASS_SEED"] ?? 236);
