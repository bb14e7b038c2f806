/**
 * Installs what is needed: `node scripts/setup.mjs [test|infra|demo|demo:mlflow|bench|bench:all|all|COMPONENT…]`, by
 * default what tests, demo and the usual benches need. Runs again without harm and in a moment when nothing is missing.
 * Plain JavaScript for Node 20: it comes before everything.
 */
import process from "node:process";
import { passSignalsOn } from "./setup/command.mjs";
import { red, say } from "./setup/console.mjs";
import { prepare } from "./setup/prepare.mjs";

const help = `npm run setup [-- GROUP|COMPONENT…]

Installs what tests, demo and benches need; what is there already is left alone.
Groups: test, infra, demo, demo:mlflow, bench, bench:all, all. Default: test,
demo, demo:mlflow and bench. OUTRIDER_CACHE=DIR names the folder for components
(default ~/.cache/outrider).`;

passSignalsOn();
const wanted = process.argv.slice(2);
try {
  if (wanted.includes("--help")) say(help);
  else await prepare(wanted.length === 0 ? ["test", "demo", "demo:mlflow", "bench"] : wanted);
} catch (error) {
  console.error(red(error.message));
  process.exitCode = 1;
}
