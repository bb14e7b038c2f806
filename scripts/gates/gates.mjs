/**
 * Every gate that a change passes, in the order in which they run: the quick and most telling ones first. A gate
 * with `vitest` counts its tests, any other counts as one.
 */

/**
 * The tiers of tests, each named after the group of components that its tests need. What takes minutes to build is in
 * a tier of its own.
 */
export const tiers = /** @type {const} */ (["test", "infra"]);

/**
 * @typedef {object} Gate
 * @property {string} name For `npm test -- --only`.
 * @property {string} title What it makes sure of.
 * @property {readonly string[]} command
 * @property {readonly (typeof tiers[number])[]} [tiers] Left out: only `test`.
 * @property {true} [vitest]
 */

const vitest = (project) => ["vitest", "run", "--project", project];

/** @type {readonly Gate[]} */
export const gates = [
  { name: "format", title: "Every file is formatted", command: ["oxfmt", "--check"] },
  { name: "lint", title: "Limits, levels and type-aware rules", command: ["oxlint", "--type-aware"] },
  { name: "types", title: "Strict types", command: ["tsc", "--noEmit"] },
  { name: "declarations", title: "Exports of src state their types", command: ["tsc", "--noEmit", "-p", "src"] },
  { name: "deadcode", title: "Nothing unused: files, exports, packages", command: ["knip"] },
  { name: "build", title: "The product builds", command: ["node", "scripts/build.ts"], tiers },
  {
    name: "docs",
    title: "Generated reference pages are fresh",
    command: ["node", "scripts/generate-docs.ts", "--check"],
  },
  { name: "unit", title: "Laws, known answers, architecture, real sockets", command: vitest("unit"), vitest: true },
  { name: "fuzz", title: "Random bytes, within a time box", command: vitest("fuzz"), vitest: true },
  { name: "e2e", title: "Real model servers", command: vitest("e2e"), vitest: true },
  { name: "infra", title: "A real Loki", command: vitest("infra"), tiers: ["infra"], vitest: true },
];
