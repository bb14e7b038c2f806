/**
 * `npm test`: sets up, runs every gate, keeps going after a failed one, and says at the end what passed. The last line
 * is `N passed, N failed` (and `, N skipped`). Plain JavaScript for Node 20: it comes before the dependencies.
 */
import process from "node:process";
import { gates } from "./gates/gates.mjs";
import { runGate } from "./gates/run-gate.mjs";
import { isStopping, passSignalsOn } from "./setup/command.mjs";
import { bold, green, red, say, seconds } from "./setup/console.mjs";
import { prepare } from "./setup/prepare.mjs";

const names = gates.map((gate) => gate.name);

const help = `npm test [-- OPTIONS]

Sets up what is missing, then runs every gate.

  --only A,B   only these: ${names.join(", ")}
  --help       this text

  CI=true                 a missing real component is an error, not a warning
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
  if (args.includes("--help") || args.includes("-h")) {
    say(help);
    return 0;
  }
  const chosen = choose(args);
  const needsComponents = chosen.some((gate) => gate.vitest);
  await prepare(needsComponents ? ["test"] : []);
  const results = [];
  for (const gate of chosen) {
    if (isStopping()) break;
    say(`\n${bold(`${gate.name}: ${gate.title}`)}`);
    const result = await runGate(gate);
    results.push(result);
    say(`${verdict(result)} (${seconds(result.tookMs)})`);
  }
  summarise(results);
  return results.some((result) => result.failed > 0) ? 1 : 0;
}

function choose(args) {
  const [option, list, ...rest] = args;
  if (option === undefined) return gates;
  const wanted = (option.startsWith("--only=") ? option.slice("--only=".length) : (list ?? "")).split(",");
  const isKnown = (option === "--only" || option.startsWith("--only=")) && rest.length === 0;
  const unknown = wanted.filter((name) => !names.includes(name));
  if (!isKnown || unknown.length > 0) throw new Error(`Wrong arguments: ${args.join(" ")}\n\n${help}`);
  return gates.filter((gate) => wanted.includes(gate.name));
}

function verdict(result) {
  return result.failed === 0 ? green("passed") : red("failed");
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
