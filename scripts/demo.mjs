/** `npm run demo`: sets up, builds, then starts the show (`demo/demo.ts`) with the arguments given. */
import process from "node:process";
import { runBuilt } from "./setup/run-built.mjs";

const groups = process.argv.includes("--mlflow") ? ["demo", "demo:mlflow"] : ["demo"];
await runBuilt("demo/demo.ts", groups);
