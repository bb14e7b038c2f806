/**
 * `npm test` and `npm run test:infra`: sets up, runs every gate of the tier, also after a failed one, and prints at the
 * end the slowest tests and what passed. The last line is `N passed, N failed` (and `, N skipped`). Plain JavaScript for Node 20: it comes
 * before the dependencies.
 */
import process from "node:process";
import { chooseGates } from "./gates/choose-gates.mjs";
import { gates } from "./gates/gates.mjs";
import { maxSlowest, runGate } from "./gates/run-gate.mjs";
import { isStopping, passSignalsOn } from "./setup/command.mjs";
import { bold, green, red, say, seconds } from "./setup/console.mjs";
import { prepare } from "./setup/prepare.mjs";

const namesOf = (tier) => gates.filter((gate) => (gate.tiers ?? ["test"]).includes(tier)).map((gate) => gate.name);

const help = `npm test [-- OPTIONS]
npm run test:infra [-- OPTIONS]

Installs what is missing, then runs every gate of a tier. npm test runs the tier
"test" (some minutes). npm run test:infra runs the tier "infra", whose servers are
built from source (some minutes more the first time).

  --only A,B   only these gates; test: ${namesOf("test").join(", ")};
               infra: ${namesOf("infra").join(", ")}
  --tier NAME  test, infra, or all (both, with one total)
  --help       this text

  CI=true                 a missing real server is an error, not a warning
  OUTRIDER_CACHE=DIR      where components are kept (default ~/.cache/outrider)
  OUTRIDER_FUZZ_INPUTS=N  inputs of each fuzz test (default 100000)
  OUTRIDER_FUZZ_MS=N      time box of each fuzz test (default 240000)
  OUTRIDER_FUZZ_SEED=N    repeats a fuzz run`;

passSignalsOn();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(red(error.message));
  say("0 passed, 1 failed");
  process.exitCode = 1;
}

async function main(args) {
  const stages = choose(args);
  if (stages === undefined) {
    say(help);
    return 0;
  }
  const results = [];
  for (const stage of stages) results.push(...(await runStage(stage)));
  nameSlowest(results);
  summarise(results);
  return results.some((result) => result.failed > 0) ? 1 : 0;
}

function choose(args) {
  try {
    return chooseGates(args);
  } catch (error) {
    throw new Error(`Wrong arguments: ${args.join(" ")} (${error.message})\n\n${help}`, { cause: error });
  }
}

/** Never rejects: a set-up that fails is a failure of this stage, and says nothing about the next one. */
async function runStage(stage) {
  if (isStopping()) return [];
  const startedAt = performance.now();
  try {
    await prepare(stage.components);
  } catch (error) {
    console.error(red(error.message));
    return [{ name: "set-up", passed: 0, failed: 1, skipped: 0, slowest: [], tookMs: performance.now() - startedAt }];
  }
  const results = [];
  for (const gate of stage.gates) {
    if (isStopping()) break;
    say(`\n${bold(`${gate.name}: ${gate.title}`)}`);
    const result = await runGate(gate);
    results.push(result);
    say(`${verdict(result)} (${seconds(result.tookMs)})`);
  }
  return results;
}

function verdict(result) {
  return result.failed === 0 ? green("passed") : red("failed");
}

/** Slow tests are what makes people wait, so the slowest of all gates are named. */
function nameSlowest(results) {
  const slowest = results.flatMap((result) => result.slowest).toSorted((a, b) => b.tookMs - a.tookMs);
  if (slowest.length === 0) return;
  say(`\n${bold("Slowest tests")}`);
  for (const { file, name, tookMs } of slowest.slice(0, maxSlowest)) {
    say(`  ${seconds(tookMs).padStart(8)}  ${file}  ${name}`);
  }
}

function summarise(results) {
  say(`\n${bold("Summary")}`);
  for (const result of results) {
    const counts = [result.passed, result.failed, result.skipped].map((count) => String(count).padStart(6)).join("");
    say(`  ${result.name.padEnd(13)}${counts}  ${seconds(result.tookMs).padStart(8)}  ${verdict(result)}`);
  }
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const skipped = sum("skipped");
  say("");
  say(`${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
}
