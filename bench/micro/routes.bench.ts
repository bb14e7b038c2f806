/** Routing: the relay asks once for each method and target of a connection, so the first row is the usual price. */
import { routeRules } from "../../test/support/route-rules.ts";
import { findModelName } from "../../src/payload/json/model-name.ts";
import { createRouteTable } from "../../src/protocols/route-table.ts";
import type { RouteTable } from "../../src/protocols/route-table.ts";
import type { MicroCases } from "./run-micro.ts";

const tableOf = (protocol: "kserve-v2" | "torchserve" | "generic", deny: readonly string[] = []): RouteTable =>
  createRouteTable({ protocol, allow: [], deny: routeRules(...deny), modelName: "", modelVersion: "" });

const v2 = tableOf("kserve-v2");
const torchserve = tableOf("torchserve");
const open = tableOf("generic");
const guarded = tableOf("generic", ["* /admin/**"]);
const long = "x".repeat(600);
let strangers = 0;

const chat = new TextEncoder().encode(
  JSON.stringify({ messages: [{ role: "user", content: "a question ".repeat(400) }], model: "llama-3", stream: true }),
);

/** The cases, by name. */
export const cases: MicroCases = {
  "a path that was asked before": () => v2.decide("POST", "/v2/models/iris/infer"),
  "the same with another query": () => v2.decide("POST", `/v2/models/iris/infer?n=${strangers++}`),
  "a model never seen before": () => v2.decide("POST", `/v2/models/m${strangers++}/infer`),
  "a path that is denied, never seen before": () => torchserve.decide("GET", `/wp-admin/${strangers++}`),
  "an encoded path too long to remember": () => v2.decide("POST", `/v2/models/%6D${long}/infer`),
  "generic, no rules, never seen before": () => open.decide("POST", `/any/${strangers++}`),
  "generic, one deny rule, never seen before": () => guarded.decide("POST", `/a%20b/${strangers++}`),
  "the model's name after 4 KB of chat": () => findModelName(chat),
};
