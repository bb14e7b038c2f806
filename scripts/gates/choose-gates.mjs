/** Which gates run, tier by tier, as the arguments of `npm test` and `npm run test:infra` say. */
import { parseArgs } from "node:util";
import { gates, tiers } from "./gates.mjs";

/**
 * @typedef {object} Stage What runs of one tier.
 * @property {string} tier
 * @property {readonly string[]} components Groups of components that it needs.
 * @property {readonly import("./gates.mjs").Gate[]} gates
 */

/**
 * The stages in their order, none of them empty; a gate of several tiers is in the first of them only. Undefined when
 * help is asked for. Throws an Error that says what is wrong with the arguments.
 * @param {readonly string[]} args
 * @returns {readonly Stage[] | undefined}
 */
export function chooseGates(args) {
  const options = { tier: { type: "string" }, only: { type: "string" }, help: { type: "boolean", short: "h" } };
  const { tier = tiers[0], only, help } = parseArgs({ args: [...args], options }).values;
  if (help) return undefined;
  if (tier !== "all" && !tiers.includes(tier)) throw new Error(`unknown tier ${tier}`);
  const chosen = stagesOf(tier === "all" ? tiers : [tier]);
  return only === undefined ? chosen : withOnly(chosen, only.split(","));
}

/** @param {Stage} stage */
const withNeeds = (stage) => ({ ...stage, components: stage.gates.some((gate) => gate.vitest) ? [stage.tier] : [] });

function stagesOf(wanted) {
  const taken = new Set();
  return wanted.map((tier) => {
    const own = gates.filter((gate) => (gate.tiers ?? [tiers[0]]).includes(tier) && !taken.has(gate));
    for (const gate of own) taken.add(gate);
    return withNeeds({ tier, gates: own });
  });
}

function withOnly(stages, names) {
  const known = stages.flatMap((stage) => stage.gates.map((gate) => gate.name));
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`not among the gates ${known.join(", ")}: ${unknown.join(", ")}`);
  const kept = stages.map(({ tier, gates: own }) => ({ tier, gates: own.filter(({ name }) => names.includes(name)) }));
  return kept.filter((stage) => stage.gates.length > 0).map(withNeeds);
}
