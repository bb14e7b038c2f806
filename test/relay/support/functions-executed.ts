/** Which functions of the product a piece of work executes: V8's precise coverage of the built program, by source file. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { SourceMap } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { buildOptions } from "../../../scripts/build.ts";

/** Calls by function, by source file as a path from the repository's top folder. */
export type Executed = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** A program that is watched. */
export interface WatchedProgram {
  /** What its output had in the place of the pattern's first group. */
  readonly found: string;
  /** Does `work`; what the program executed meanwhile. */
  during(work: () => Promise<void>): Promise<Executed>;
  stop(): Promise<void>;
}

interface FunctionCoverage {
  readonly functionName: string;
  readonly ranges: readonly { readonly startOffset: number; readonly count: number }[];
}

interface ScriptCoverage {
  readonly url: string;
  readonly functions: readonly FunctionCoverage[];
}

/** Builds the product as `npm run build` does, with source maps, and gives its entry file. */
export async function buildWithSourceMaps(folder: string): Promise<string> {
  await build({ ...buildOptions, outdir: folder, sourcemap: "linked", define: { builtRevision: '""' } });
  return path.join(folder, "outrider.mjs");
}

/** Starts `entry` with `args` and waits until its output has something that matches `isReady`. */
export async function watchProgram(entry: string, args: readonly string[], isReady: RegExp): Promise<WatchedProgram> {
  const child = spawn(process.execPath, ["--inspect=127.0.0.1:0", entry, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [, url = ""] = await matched(child, /Debugger listening on (ws:\S+)/);
  const inspector = await connectInspector(url);
  const [, found = ""] = await matched(child, isReady);
  await inspector.send("Profiler.enable");
  await inspector.send("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  const take = async (): Promise<readonly ScriptCoverage[]> => {
    const taken = (await inspector.send("Profiler.takePreciseCoverage")) as {
      readonly result: readonly ScriptCoverage[];
    };
    return taken.result;
  };
  return {
    found,
    during: async (work) => {
      await take();
      await work();
      return bySourceFile(await take());
    },
    stop: async () => {
      inspector.close();
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

const outputs = new WeakMap<ChildProcess, { text: string }>();

/** The first match in all that the child has written. */
async function matched(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  let output = outputs.get(child);
  if (output === undefined) {
    const started = { text: "" };
    output = started;
    outputs.set(child, started);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        started.text += chunk.toString();
        child.emit("output");
      });
    }
    child.once("exit", () => child.emit("output"));
  }
  for (;;) {
    const match = pattern.exec(output.text);
    if (match !== null) return match;
    if (child.exitCode !== null) throw new Error(`the program ended: ${output.text}`);
    await once(child, "output");
  }
}

interface Inspector {
  send(method: string, params?: object): Promise<unknown>;
  close(): void;
}

async function connectInspector(url: string): Promise<Inspector> {
  const socket = new WebSocket(url);
  await once(socket, "open");
  const waiting = new Map<number, (result: unknown) => void>();
  socket.addEventListener("message", ({ data }) => {
    const { id, result } = JSON.parse(String(data)) as { readonly id?: number; readonly result?: unknown };
    if (id !== undefined) waiting.get(id)?.(result);
  });
  let lastId = 0;
  return {
    send: (method, params = {}) =>
      new Promise((resolve) => {
        lastId += 1;
        waiting.set(lastId, resolve);
        socket.send(JSON.stringify({ id: lastId, method, params }));
      }),
    close: () => socket.close(),
  };
}

function bySourceFile(scripts: readonly ScriptCoverage[]): Executed {
  const executed = new Map<string, Map<string, number>>();
  for (const { url, functions } of scripts) {
    if (!url.startsWith("file:") || !url.endsWith(".mjs")) continue;
    const sourceOf = sourceFinder(fileURLToPath(url));
    for (const { functionName, ranges } of functions) {
      const [whole] = ranges;
      if (whole === undefined || whole.count === 0) continue;
      const file = sourceOf(whole.startOffset);
      const calls = executed.get(file) ?? new Map<string, number>();
      calls.set(functionName, (calls.get(functionName) ?? 0) + whole.count);
      executed.set(file, calls);
    }
  }
  return executed;
}

const rootDir = path.resolve(import.meta.dirname, "../../..");

/** From an offset in a built file to the source file that its code is from. */
function sourceFinder(file: string): (offset: number) => string {
  const code = readFileSync(file, "utf8");
  const lineStarts = [0, ...Array.from(code.matchAll(/\n/g), ({ index }) => index + 1)];
  const map = new SourceMap(
    JSON.parse(readFileSync(`${file}.map`, "utf8")) as ConstructorParameters<typeof SourceMap>[0],
  );
  return (offset) => {
    const line = lineStarts.findLastIndex((start) => start <= offset);
    const entry = map.findEntry(line, offset - (lineStarts[line] ?? 0));
    if (!("originalSource" in entry)) return "";
    return path.relative(rootDir, path.resolve(path.dirname(file), entry.originalSource));
  };
}
