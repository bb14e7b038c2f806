/** `npm run bench`: sets up, builds, then measures (`bench/bench.ts`) with the arguments given. */
import process from "node:process";
import { runBuilt } from "./setup/run-built.mjs";

const groups = process.argv.includes("--all") ? ["bench", "bench:all"] : ["bench"];
await runBuilt("bench/bench.ts", groups);
