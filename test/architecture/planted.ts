/** One planted violation for each way of breaking a rule, and the same thing done right. */
import type { Rule } from "./check.ts";

/** A small tree of files and the rule that it breaks (in its first file). */
export interface Planted {
  readonly what: string;
  readonly rule: Rule;
  readonly files: Readonly<Record<string, string>>;
}

/** See {@link Planted}. */
export const planted: readonly Planted[] = [
  {
    what: "level 0 imports another folder of level 0",
    rule: "level",
    files: { "http1/a.ts": 'import { b } from "../stats/b.ts";', "stats/b.ts": "" },
  },
  {
    what: "level 0 imports a shared file, if only a type",
    rule: "level",
    files: { "http1/a.ts": 'import type { Clock } from "../clock.ts";', "clock.ts": "" },
  },
  {
    what: "level 0 imports the error tables",
    rule: "level",
    files: { "http1/a.ts": 'import type { Code } from "../errors/codes.ts";', "errors/codes.ts": "" },
  },
  {
    what: "the error tables import level 1",
    rule: "level",
    files: { "errors/codes.ts": 'import { b } from "../metrics/b.ts";', "metrics/b.ts": "" },
  },
  {
    what: "level 1 imports an edge",
    rule: "level",
    files: { "metrics/a.ts": 'import { b } from "../relay/b.ts";', "relay/b.ts": "" },
  },
  {
    what: "level 1 imports a type of an edge, over several lines",
    rule: "level",
    files: { "metrics/a.ts": 'import type {\n  A,\n  B,\n} from "../relay/b.ts";', "relay/b.ts": "" },
  },
  {
    what: "an edge imports the composition root",
    rule: "level",
    files: { "admin/a.ts": 'import type { Sidecar } from "../sidecar.ts";', "sidecar.ts": "" },
  },
  {
    what: "the composition root imports a command",
    rule: "level",
    files: { "sidecar.ts": 'import { run } from "./cli/run.ts";', "cli/run.ts": "" },
  },
  {
    what: "a command imports the entry point lazily",
    rule: "level",
    files: { "cli/a.ts": 'await import("../main.ts");', "main.ts": "" },
  },
  {
    what: "an edge imports a sibling edge",
    rule: "sibling-edge",
    files: { "admin/a.ts": 'import { b } from "../exposition/b.ts";', "exposition/b.ts": "" },
  },
  {
    what: "an edge names a sibling's type in place",
    rule: "sibling-edge",
    files: { "probe/a.ts": 'type B = import("../logging/b.ts").B;', "logging/b.ts": "" },
  },
  {
    what: "two files import each other's types",
    rule: "cycle",
    files: {
      "relay/a.ts": 'import type { B } from "./b.ts";',
      "relay/b.ts": 'import type { A } from "./a.ts";',
    },
  },
  {
    what: "three files go round",
    rule: "cycle",
    files: {
      "relay/a.ts": 'import "./b.ts";',
      "relay/b.ts": 'import "./c.ts";',
      "relay/c.ts": 'import { a } from "./a.ts";',
    },
  },
  {
    what: "two folders of level 1 import each other through different files",
    rule: "cycle",
    files: {
      "metrics/a.ts": 'import { b } from "../protocols/b.ts";',
      "protocols/b.ts": "",
      "protocols/c.ts": 'import { d } from "../metrics/d.ts";',
      "metrics/d.ts": "",
    },
  },
  { what: "level 0 imports Node", rule: "pure", files: { "http1/a.ts": 'import { Buffer } from "node:buffer";' } },
  { what: "level 1 imports Node", rule: "pure", files: { "protocols/a.ts": 'import path from "node:path";' } },
  { what: "level 1 imports a package", rule: "pure", files: { "metrics/a.ts": 'import { z } from "prom-client";' } },
  {
    what: "a shared file imports Node",
    rule: "pure",
    files: { "clock.ts": 'import { performance } from "node:perf_hooks";' },
  },
  {
    what: "a package is imported outside its folder",
    rule: "package-owner",
    files: { "admin/a.ts": 'import { Registry } from "prom-client";' },
  },
  {
    what: "a pure package is imported outside its folder",
    rule: "package-owner",
    files: { "protocols/a.ts": 'import { build } from "hdr-histogram-js";' },
  },
  {
    what: "a package nobody has entered in the table",
    rule: "package-owner",
    files: { "relay/a.ts": 'import proxy from "@some/proxy/lib.js";' },
  },
  {
    what: "an edge reads the global config",
    rule: "config-reader",
    files: { "relay/a.ts": 'import type { Config } from "../config/config.ts";', "config/config.ts": "" },
  },
  {
    what: "level 1 reads the global config",
    rule: "config-reader",
    files: { "metrics/a.ts": 'import type { Config } from "../config/config.ts";', "config/config.ts": "" },
  },
  {
    what: "a file that only passes on",
    rule: "barrel",
    files: { "relay/all.ts": 'export * from "./a.ts";', "relay/a.ts": "" },
  },
  {
    what: "a name passed on",
    rule: "barrel",
    files: { "relay/b.ts": 'export {\n  type A,\n} from "./a.ts";', "relay/a.ts": "" },
  },
  { what: "an index file", rule: "barrel", files: { "relay/index.ts": "export const a = 1;" } },
  {
    what: "a serving protocol is compared by name",
    rule: "protocol-name",
    files: { "relay/a.ts": 'if (protocol === "acme") return;', "protocols/acme/routes.ts": "" },
  },
  { what: "a folder called utils", rule: "empty-name", files: { "relay/utils/a.ts": "" } },
  { what: "a file called helpers", rule: "empty-name", files: { "relay/helpers.ts": "" } },
  { what: "a folder nobody has entered in the table", rule: "place", files: { "kafka/a.ts": "" } },
  { what: "a file beside the folders", rule: "place", files: { "proxy.ts": "" } },
  {
    what: "an import without the file's extension",
    rule: "extension",
    files: { "relay/a.ts": 'import { b } from "./b";', "relay/b.ts": "" },
  },
  {
    what: "a folder of more files than a reader can take in",
    rule: "crowded",
    files: Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`relay/part-${index}.ts`, ""])),
  },
  {
    what: "a short file whose only user stands beside it",
    rule: "lone-file",
    files: { "relay/b.ts": "export const b = 1;", "relay/a.ts": 'import { b } from "./b.ts";' },
  },
  {
    what: "an element of an array is cast to its type",
    rule: "index-idiom",
    files: { "stats/a.ts": "export const first = (values: readonly number[]): number => values[0] as number;" },
  },
  {
    what: "a command ends the process",
    rule: "process-exit",
    files: { "cli/a.ts": "if (failed) process.exit(1);" },
  },
  {
    what: "an edge aborts the process",
    rule: "process-exit",
    files: { "relay/a.ts": "process.abort();" },
  },
  {
    what: "an edge declares an address of its own",
    rule: "address-type",
    files: { "probe/a.ts": "interface Place { readonly host: string; readonly port: number }" },
  },
];

/** A tree that uses everything that is allowed. */
export const lawful: Readonly<Record<string, string>> = {
  "http1/a.ts": 'import { b } from "./b.ts";\n// import fs from "node:fs";',
  "http1/b.ts": '/**\n * import { x } from "../relay/x.ts";\n */\nexport const b = 1;',
  "clock.ts": "",
  "outcome.ts": "",
  "errors/codes.ts": 'import type { Outcome } from "../outcome.ts";',
  "exchange.ts": 'import type { Code } from "./errors/codes.ts";',
  "metrics/a.ts": 'import { build } from "hdr-histogram-js";\nimport type { Exchange } from "../exchange.ts";',
  "protocols/a.ts": 'import { b } from "../http1/b.ts";',
  "relay/a.ts": 'import net from "node:net";\nimport { a } from "../metrics/a.ts";\nimport type { B } from "./b.ts";',
  "relay/b.ts": 'import { b } from "../http1/b.ts";',
  "protocols/acme/routes.ts": "",
  "protocols/list.ts": 'export const protocols = ["acme"];',
  "config/fields/serving.ts": 'export const example = "acme";',
  "config/read.ts": 'import { parse } from "yaml";\nconst pretty = await import("./explain.ts");',
  "config/explain.ts": "",
  "sidecar.ts":
    'import { a } from "./relay/a.ts";\nimport type { B } from "./relay/b.ts";\nimport type { Config } from "./config/read.ts";',
  "cli/run.ts":
    'import { start } from "../sidecar.ts";\nimport { read } from "../config/read.ts";\nimport { load } from "./table.ts";',
  "cli/table.ts": 'export const load = () => import("./help.ts");',
  "cli/help.ts": 'import { load } from "./table.ts";',
  "main.ts": 'const { run } = await import("./cli/run.ts");\nprocess.exit(await run());',
};
