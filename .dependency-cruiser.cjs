// Who may import whom. Dependencies point downwards only; what is not listed here is forbidden.
// tools/check-architecture.mjs runs this and proves with planted violations that it would notice.

/** layer → the layers it may import besides itself */
const layers = {
  base: [],
  abi: ["base"],
  engine: ["abi", "base"],
  kernel: ["abi", "base"],
  decode: ["abi", "base"],
  clang: ["abi", "base"],
  libc: ["clang", "abi", "base"],
  scenario: ["abi", "base"],
  protocol: ["scenario", "abi", "base"],
  machine: ["engine", "kernel", "clang", "libc", "scenario", "protocol", "abi", "base"],
  worker: ["machine", "kernel", "clang", "libc", "scenario", "protocol", "abi", "base"],
  session: ["worker", "protocol", "scenario", "abi", "base"],
  headless: ["machine", "kernel", "clang", "libc", "decode", "scenario", "protocol", "abi", "base"],
  scene: ["decode", "abi", "base"],
  render: ["scene", "decode", "abi", "base"],
  i18n: ["decode", "protocol", "scenario", "abi", "base"],
  store: ["i18n", "protocol", "scenario", "abi", "base"],
  queries: ["session", "store", "protocol", "scenario", "decode", "scene", "abi", "base"],
  ui: ["store", "i18n", "base"],
  lessons: ["scenario", "i18n", "base"],
  panels: [
    "queries",
    "store",
    "scene",
    "render",
    "decode",
    "session",
    "protocol",
    "scenario",
    "lessons",
    "i18n",
    "ui",
    "abi",
    "base",
  ],
  app: [
    "panels",
    "queries",
    "store",
    "scene",
    "render",
    "decode",
    "session",
    "protocol",
    "scenario",
    "lessons",
    "i18n",
    "ui",
    "abi",
    "base",
  ],
};

/** The npm packages a layer may use. Layers not named here use none: the core runs anywhere. */
const packages = {
  scenario: ["valibot"],
  headless: ["valibot"],
  scene: ["d3"],
  render: ["d3", "react"],
  store: ["zustand", "react"],
  queries: ["react", "@tanstack/react-query"],
  ui: ["react", "react-dom", "react-aria-components", "lucide-react"],
  i18n: ["react"],
  panels: [
    "react",
    "react-dom",
    "d3",
    "zustand",
    "@tanstack/react-query",
    "react-aria-components",
    "react-resizable-panels",
    "lucide-react",
    "@codemirror/[a-z-]+",
    "@lezer/highlight",
  ],
  app: [
    "react",
    "react-dom",
    "d3",
    "zustand",
    "@tanstack/react-query",
    "react-aria-components",
    "react-resizable-panels",
    "lucide-react",
    "@fontsource-variable/[a-z-]+",
    "valibot",
  ],
};

/** Node's own modules: the command-line runner only. Everything else runs in a browser. */
const nodeLayers = ["headless"];

/** Tests may reach across layers (they compare one with another) and use the test tools; product code may not import tests. */
const test = "(\\.test\\.tsx?|\\.browser\\.test\\.tsx|/testing/.*)$";

const escaped = (name) => name.replaceAll("/", "\\/");
const rules = Object.entries(layers).flatMap(([layer, below]) => {
  const from = { path: `^src/${layer}/`, pathNot: test };
  const to = layer === "panels" ? below : [layer, ...below];
  const own = (packages[layer] ?? []).map(escaped).join("|");
  return [
    { from, to: { path: `^src/(${to.join("|")})/` } },
    ...(own ? [{ from, to: { path: `node_modules/(@types/)?(${own})/` } }] : []),
    ...(nodeLayers.includes(layer) ? [{ from, to: { dependencyTypes: ["core"] } }] : []),
  ];
});

module.exports = {
  allowed: [
    ...rules,
    // The catalogues are checked against the ids that the store knows: types only, so nothing is loaded.
    { from: { path: "^src/i18n/" }, to: { path: "^src/store/state", dependencyTypes: ["type-only"] } },
    // Within one panel's folder, and what all panels share.
    { from: { path: "^src/panels/([^/]+)/" }, to: { path: "^src/panels/($1|shared)/" } },
    // Style sheets beside the code, and the built engine where the machine is put together.
    { from: { path: "^src/" }, to: { path: "\\.(css|svg)$" } },
    { from: { path: "^src/(machine|worker|headless)/" }, to: { path: "(^|/)build/engine/" } },
    // Constants of src/abi in AssemblyScript, written by the engine's build and not in the repository.
    { from: { path: "^src/engine/" }, to: { path: "/generated/" } },
    { from: { path: test }, to: {} },
  ],
  allowedSeverity: "error",
  forbidden: [
    {
      // A grammar and an allocator are recursive by nature: their files may call each other. Type imports load nothing.
      name: "no-circular",
      severity: "error",
      from: { path: "^src/", pathNot: [test, "^src/(clang|engine)/"] },
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    { name: "no-tests-in-product", severity: "error", from: { pathNot: test }, to: { path: test } },
    {
      name: "resolvable",
      severity: "error",
      from: { pathNot: "^src/engine/" },
      to: { couldNotResolve: true, pathNot: "^virtual:|\\?(url|worker|inline|raw)" },
    },
    {
      name: "not-to-dev-dependencies",
      severity: "error",
      from: { path: "^src/", pathNot: test },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true, // a type import is a dependency too
    combinedDependencies: false,
    enhancedResolveOptions: {
      extensions: [".ts", ".tsx", ".mjs", ".js", ".json"],
      exportsFields: ["exports"],
      conditionNames: ["import", "types", "default"],
    },
    tsConfig: { fileName: "tsconfig.json" },
  },
};
