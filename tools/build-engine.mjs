// Builds the engine: src/abi (TypeScript data) → src/engine/generated/abi.ts (AssemblyScript constants) → build/engine/engine.wasm.
// Does nothing when neither the sources nor this script changed since the last build.
import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { mkdir, readFile, readdir, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { tsImport } from "tsx/esm/api";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const output = join(root, "build/engine/engine.wasm");
const stamp = join(root, "build/engine/engine.hash");
const engine = join(root, "src/engine");
const generatedFolder = join(engine, "generated");
const generated = join(generatedFolder, "abi.ts");
/** The glibc most programs here run under, and the benchmark. */
const usual = { glibc: "2.36", abi: "amd64" };
/**
 * Copies of the allocator for the usual glibc and one value of control.tracing each: constants of the profile are numbers there instead of
 * places to look, and what is not traced vanishes.
 */
const copies = [
  { folder: join(generatedFolder, "quiet"), tracing: 0 },
  { folder: join(generatedFolder, "journalled"), tracing: 1 },
];

/** "quick" is for trying things out. */
const quick = process.env.HEAPGLASS_ENGINE === "quick";
const fast = quick ? ["-O1"] : ["-O3"];
const small = quick ? ["-O1"] : ["-O3s"];
/** The page's engines: they are to be fetched, so there is one a width, and none has copies. Few programs run on 32 bits. */
const pages = [
  { abi: "amd64", is64: true, optimization: fast },
  { abi: "i386", is64: false, optimization: small },
].map(({ abi: name, ...page }) => ({
  ...page,
  entry: join(generatedFolder, name, "index.ts"),
  output: join(root, `build/engine/engine-${name}.wasm`),
}));
/** What an entry without copies says when it is asked for one. */
const noCopies = ["return load<u32>(CONTROL_USUAL) != 0 && load<u32>(CONTROL_TRACING) == tracing;", "return false;"];
/** A copy for both widths that tells the host of every access: for who wants to know what a TLB does. Few do, and not for long. */
const counted = {
  folder: join(generatedFolder, "counted"),
  entry: join(generatedFolder, "counted/index.ts"),
  output: join(root, "build/engine/engine-counted.wasm"),
  // What takes its time is the host.
  optimization: ["-O1"],
};
const WASM_PAGE = 65536;
const abi = (file) => tsImport(`../src/abi/${file}.ts`, import.meta.url);

async function sources(folder) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && path.endsWith(".ts") && !path.endsWith(".test.ts") && !path.startsWith(generatedFolder))
      found.push(path);
  }
  return found.toSorted();
}

async function hashOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths)
    hash
      .update(relative(root, path))
      .update("\0")
      .update(await readFile(path))
      .update("\0");
  return hash.digest("hex");
}

const screaming = (name) => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
const pascal = (name) => name.replace(/(^|_)([a-z0-9])/g, (_, _separator, letter) => letter.toUpperCase());

function constants(prefix, table, base = 0) {
  return Object.entries(table).map(
    ([name, value]) => `export const ${prefix}${screaming(name)}: usize = 0x${(base + value).toString(16)};`,
  );
}

function enumeration(name, rows) {
  return [`export const enum ${name} {`, ...rows.map(([key, value]) => `  ${key} = ${value},`), "}"];
}

/** What the constants about a glibc are made of; `usually`: the profile block of the usual one, its addresses 0. */
async function profileParts() {
  const { machineMemory, PAGE_SIZE } = await abi("machine-memory");
  const { profile, profileBytes, PROFILE_BYTES, featureOffset } = await abi("profile");
  const { threadProfile } = await abi("thread-profile");
  const { featureNames } = await abi("glibc-features");
  const { findMallocAbi } = await abi("glibc-structs");
  const { findGlibcSymbols } = await abi("glibc-symbols");
  const place = { libcBase: 0, libcTls: 0, pageSize: PAGE_SIZE, tcacheKeyValue: 0n };
  const bytes = profileBytes(findMallocAbi(usual.glibc, usual.abi), findGlibcSymbols(usual.glibc, usual.abi), place);
  return {
    base: machineMemory.profile,
    fields: { ...profile, ...threadProfile },
    features: featureNames.map((name) => [pascal(name), featureOffset(name)]),
    usually: new DataView(bytes.buffer),
    // Addresses differ from process to process, the rest from glibc to glibc.
    isNumber: (offset) => offset < profile.mainArena || (offset >= profile.stateMutex && offset < PROFILE_BYTES),
  };
}

/** Constants that say where the profile has each answer, and a function that asks whether all are those of the usual glibc. */
async function questions() {
  const { base, fields, features, usually, isNumber } = await profileParts();
  const same = Array.from({ length: usually.byteLength / 8 }, (_, index) => index * 8)
    .filter(isNumber)
    .map((offset) => `load<u64>(0x${(base + offset).toString(16)}) == 0x${usually.getBigUint64(offset, true).toString(16)}`);
  return [
    ...constants("PROFILE_", fields, base),
    ...enumeration(
      "Feature",
      features.map(([name, offset]) => [name, base + offset]),
    ),
    `export function hasUsualProfile(): bool {\n  return ${same.join(" &&\n    ")};\n}`,
  ];
}

/** The same names; but what is no address is itself the answer of the usual glibc. */
async function answers() {
  const { base, fields, features, usually, isNumber } = await profileParts();
  const answer = (offset) => (isNumber(offset) ? usually.getUint32(offset, true) : base + offset);
  return [
    ...constants("PROFILE_", Object.fromEntries(Object.entries(fields).map(([name, offset]) => [name, answer(offset)]))),
    ...enumeration(
      "Feature",
      features.map(([name, offset]) => [name, usually.getUint8(offset)]),
    ),
  ];
}

async function generate() {
  const { control, stop } = await abi("control");
  const { machineMemory, PAGE_SIZE, PAGE_SHIFT, SHARED_SLOT } = await abi("machine-memory");
  const { pageDescriptor } = await abi("kernel");
  const { recordKind, RECORD_BYTES, TIDY_WRITE } = await abi("journal");
  const { apiNames } = await abi("api");
  const { messages, messageFlag } = await abi("messages");
  const { marks } = await abi("marks");
  const { tunables } = await abi("glibc-tunables");
  const statistics = await abi("glibc-statistics");
  const lines = [
    "// Generated by tools/build-engine.mjs from src/abi. Do not edit.",
    `export const PAGE_SIZE: u32 = ${PAGE_SIZE};`,
    `export const PAGE_SHIFT: u32 = ${PAGE_SHIFT};`,
    `export const RECORD_BYTES: usize = ${RECORD_BYTES};`,
    `export const PAGE_DESCRIPTOR_BYTES: usize = ${pageDescriptor.stride};`,
    `export const PAGE_SLOTS: usize = ${machineMemory.pageDescriptors + pageDescriptor.slot};`,
    `export const SHARED_SLOT: u32 = ${SHARED_SLOT};`,
    `export const TIDY_WRITE: u32 = ${TIDY_WRITE};`,
    ...constants("MEMORY_", machineMemory),
    ...constants("CONTROL_", control, machineMemory.control),
    ...constants("MALLINFO_", statistics.mallinfo2, machineMemory.scratch),
    ...constants("STATS_", statistics.mallocStats, machineMemory.scratch),
    ...constants("INFO_", statistics.mallocInfo, machineMemory.scratch),
    ...constants("INFO_ARENA_", statistics.mallocInfoArena),
    ...Object.entries(messageFlag).map(([name, bit]) => `export const MESSAGE_${screaming(name)}: u32 = ${bit};`),
    `export const INFO_ROW_BYTES: usize = ${statistics.MALLOC_INFO_ROW_BYTES};`,
    `export const STATS_ROW_BYTES: usize = ${statistics.MALLOC_STATS_ROW_BYTES};`,
    ...enumeration(
      "Kind",
      Object.entries(recordKind).map(([name, id]) => [pascal(name), id]),
    ),
    ...enumeration(
      "Stop",
      Object.entries(stop).map(([name, id]) => [pascal(name), id]),
    ),
    ...enumeration(
      "Api",
      apiNames.map((name, id) => [pascal(name), id]),
    ),
    ...enumeration(
      "Tunable",
      tunables.map(({ name, id }) => [pascal(name.replace("glibc.malloc.", "")), id]),
    ),
    ...enumeration(
      "Mark",
      marks.map(({ name, id }) => [name, id]),
    ),
    ...enumeration(
      "Msg",
      messages.map(({ name }, id) => [name, id]),
    ),
  ];
  const text = (glibc) => `${[...lines, ...glibc].join("\n")}\n`;
  await mkdir(dirname(generated), { recursive: true });
  await writeFile(generated, text(await questions()));
  for (const { folder } of copies) {
    await rm(folder, { recursive: true, force: true });
    await mkdir(join(folder, "generated"), { recursive: true });
    await writeFile(join(folder, "generated/abi.ts"), text(await answers()));
  }
  return { control: machineMemory.control };
}

/** Copies the allocator. The copies share memory and ring. */
async function generateCopy({ folder, tracing }) {
  const replacements = [
    ["allocators/glibc/word.ts", "return load<u8>(<usize>feature) != 0;", "return feature != 0;"],
    ["allocators/glibc/word.ts", "return load<u32>(at);", "return <u32>at;"],
    ["journal.ts", "return load<u32>(CONTROL_TRACING);", `return ${tracing};`],
  ];
  for (const path of await sources(engine)) {
    const name = relative(engine, path);
    if (name === "index.ts") continue;
    let text = name === "ring.ts" ? 'export * from "../../ring";\n' : await readFile(path, "utf8");
    for (const [file, question, answer] of replacements) if (file === name) text = replaced(text, question, answer, name);
    const copy = join(folder, name);
    await mkdir(dirname(copy), { recursive: true });
    await writeFile(copy, text);
  }
}

function replaced(text, question, answer, name) {
  if (!text.includes(question)) throw new Error(`src/engine/${name}: no line "${question}"`);
  return text.replace(question, answer);
}

/** Copies the engine with its accesses told to the host first (src/engine/memory/counted.ts). */
async function generateCounted({ folder }) {
  await rm(folder, { recursive: true, force: true });
  const replacements = [
    ["index.ts", ...noCopies],
    [
      "control.ts",
      "else translate(load<u64>(CONTROL_ERRNO_ADDRESS), true);",
      "else writeSame<i32>(load<u64>(CONTROL_ERRNO_ADDRESS));",
    ],
    ["control.ts", "import { translate } from", "import { writeSame } from"],
    ["control.ts", '"./memory/translate"', '"./memory/counted"'],
    ["memory/bulk.ts", "fillLinear(translate(addr, true), byte, <usize>piece);", "fillWords(addr, byte, piece);"],
    ["memory/bulk.ts", "import { read, write }", "import { fillWords, read, write }"],
  ];
  for (const path of await sources(engine)) {
    const name = relative(engine, path);
    let text = await readFile(path, "utf8");
    for (const [file, question, answer] of replacements) if (file === name) text = replaced(text, question, answer, name);
    text = text.replace(/"((?:\.\.?\/)+)generated\//g, '"$1../');
    if (name !== "memory/counted.ts") text = text.replace(/(from "\.[^"]*)\/access"/g, '$1/counted"');
    const copy = join(folder, name);
    await mkdir(dirname(copy), { recursive: true });
    await writeFile(copy, text);
  }
}

/** The engine's entry for a page, which knows its width. */
async function generatePageEntry({ entry, is64 }) {
  let text = await readFile(join(engine, "index.ts"), "utf8");
  text = replaced(text, ...noCopies, "index.ts");
  text = replaced(text, "return load<u32>(PROFILE_WORD_BYTES) == 8;", `return ${is64};`, "index.ts");
  await mkdir(dirname(entry), { recursive: true });
  await writeFile(entry, text.replaceAll('from "./', 'from "../../'));
}

/** The least memory that the engine runs in (no slot for any frame), and the most; in pages of WebAssembly. */
async function memoryPages() {
  const { machineMemory, MEMORY_BYTES } = await abi("machine-memory");
  return { initial: machineMemory.frames / WASM_PAGE, maximum: MEMORY_BYTES / WASM_PAGE };
}

/** Compiles to a file beside `target`; the caller moves it there. */
async function compile({ entry, output: target, optimization }) {
  const { initial, maximum } = await memoryPages();
  const asc = join(root, "node_modules/assemblyscript/bin/asc.js");
  const unfinished = `${target}.${process.pid}`;
  await promisify(execFile)(
    process.execPath,
    [
      asc,
      relative(root, entry),
      "--outFile",
      unfinished,
      ...optimization,
      "--noAssert",
      "--runtime",
      "stub",
      "--use",
      "abort=",
      "--importMemory",
      "--initialMemory",
      String(initial),
      "--maximumMemory",
      String(maximum),
      "--sharedMemory",
      "--memoryBase",
      "1024",
      "--enable",
      "threads",
      "--enable",
      "simd",
      "--enable",
      "bulk-memory",
    ],
    { cwd: root, maxBuffer: 1 << 26 },
  );
  if (!quick) await optimizeAgain(unfinished);
  return unfinished;
}

/**
 * asc inlines little of what is called in one place only, and ends before the optimizer has seen its own result. In the file, which is smaller
 * and faster afterwards.
 */
async function optimizeAgain(file) {
  const wasmOpt = join(root, "node_modules/binaryen/bin/wasm-opt");
  const features = ["threads", "simd", "bulk-memory", "mutable-globals", "sign-ext", "nontrapping-float-to-int"];
  await promisify(execFile)(process.execPath, [
    wasmOpt,
    file,
    "-o",
    file,
    "-O3",
    "--one-caller-inline-max-function-size=2000",
    ...features.map((feature) => `--enable-${feature}`),
  ]);
}

/** The engine's statics must end below the control block; anything else would be overwritten by the machine. */
async function checkStatics(path, limit) {
  const module = await WebAssembly.compile(await readFile(path));
  const memory = new WebAssembly.Memory({ ...(await memoryPages()), shared: true });
  const imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][name] = kind === "memory" ? memory : () => 0;
  }
  const { exports } = await WebAssembly.instantiate(module, imports);
  const end = exports.__heap_base.value;
  if (!(end > 0 && end <= limit)) throw new Error(`engine statics end at ${end}, the control block begins at ${limit}`);
  return end;
}

async function main() {
  const inputs = [
    fileURLToPath(import.meta.url),
    join(root, "package-lock.json"),
    ...(await sources(join(root, "src/abi"))),
    ...(await sources(engine)),
  ];
  const hash = `${await hashOf(inputs)} ${fast.join(" ")}`;
  const built = await readFile(stamp, "utf8").catch(() => "");
  const present = await readFile(output).then(
    () => true,
    () => false,
  );
  if (present && built === hash && !process.argv.includes("--force")) return;
  await mkdir(dirname(output), { recursive: true });
  const { control } = await generate();
  for (const copy of copies) await generateCopy(copy);
  for (const page of pages) await generatePageEntry(page);
  await generateCounted(counted);
  const engines = [{ entry: join(engine, "index.ts"), output, optimization: fast }, ...pages, counted];
  const unfinished = await Promise.all(engines.map(compile));
  let end = 0;
  for (const file of unfinished) end = Math.max(end, await checkStatics(file, control));
  for (const [index, { output: target }] of engines.entries()) await rename(unfinished[index], target);
  await writeFile(stamp, hash);
  const { length } = await readFile(output);
  process.stdout.write(`engine.wasm: ${length} bytes, statics end at 0x${end.toString(16)} of 0x${control.toString(16)}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error.stderr ?? ""}${error.stdout ?? ""}${error.stack ?? error}\n`);
  process.exitCode = 1;
});
