/** Finds the values in a JSON body that rules are about: features in every shape that servers accept, and pointers. */
import type { JsonPointer } from "../../payload/json/json-pointer.ts";
import { canonicalText } from "./canonical-text.ts";
import { type JsonNode, valuesOf } from "../../payload/json/json-tree.ts";
import { redactionActions, type RedactionAction } from "../redaction-rule.ts";
import type { RedactionRules } from "../redaction-rules.ts";

/** Marked values and the action for each as a whole. Values inside a marked one may be marked, too. */
export type RedactionMarks = ReadonlyMap<JsonNode, RedactionAction>;

/**
 * Marks the values in a body that rules are about. A feature is
 * - the value of any member with its name, at any depth (rows of dictionaries, dictionaries of columns, arguments); lists
 *   keep their shape, so that a column stays a column and each value has the same hash as elsewhere;
 * - the column with its name in `data` next to `columns` (MLflow, orientation `split` of pandas);
 * - `data`, `contents`, `values`, `value` and `parameters` next to a `name` with its name (tensors of KServe v2).
 *
 * A name like `a.b` or `a[0]` is a path through members and elements. Features without a name in the body are known by
 * position to the protocol's reader alone, so the caller reads the redacted body again to verify it. A pointer marks a
 * value as a whole, and all values where keys repeat. Linear in the size of the body for each pointer.
 */
export function markJson(root: JsonNode, rules: RedactionRules): RedactionMarks {
  const marks: Marks = new Map();
  for (const { pointer, action } of rules.pointers) {
    for (const node of nodesAt(pointer, root)) mark(node, action, marks);
  }
  if (rules.hasFeatures) markNamed(root, "", rules, marks);
  return marks;
}

/** Marks features only: pointers apply to a body, not to JSON inside one of its strings. */
export function markFeatures(root: JsonNode, rules: RedactionRules): RedactionMarks {
  const marks: Marks = new Map();
  if (rules.hasFeatures) markNamed(root, "", rules, marks);
  return marks;
}

type Marks = Map<JsonNode, RedactionAction>;

const rank: Readonly<Record<RedactionAction, number>> = { drop: 0, mask: 1, hash: 2 };

/** Of two marks the stronger one stays. */
function mark(node: JsonNode, action: RedactionAction, marks: Marks): void {
  const known = marks.get(node);
  if (known === undefined || rank[action] < rank[known]) marks.set(node, action);
}

/** Marks a feature; a list is marked element by element, unless it is dropped as a whole. */
function markValues(node: JsonNode, action: RedactionAction | undefined, marks: Marks): void {
  if (action === undefined) return;
  if (node.kind !== "list" || action === "drop") mark(node, action, marks);
  else for (const item of node.items) markValues(item, action, marks);
}

function nodesAt(pointer: JsonPointer, root: JsonNode): readonly JsonNode[] {
  let nodes: readonly JsonNode[] = [root];
  for (const segment of pointer.segments) {
    nodes = nodes.flatMap((node) => (segment === null ? childrenOf(node) : childrenAt(node, segment)));
  }
  return nodes;
}

function childrenOf(node: JsonNode): readonly JsonNode[] {
  if (node.kind === "list") return node.items;
  return node.kind === "object" ? node.members.map(({ value }) => value) : [];
}

const indexPattern = /^(?:0|[1-9]\d*)$/;

function childrenAt(node: JsonNode, segment: string): readonly JsonNode[] {
  if (node.kind !== "list") return valuesOf(node, segment);
  const item = indexPattern.test(segment) ? node.items[Number(segment)] : undefined;
  return item === undefined ? [] : [item];
}

function markNamed(node: JsonNode, path: string, rules: RedactionRules, marks: Marks): void {
  if (node.kind === "list") {
    node.items.forEach((item, index) => {
      markStep(item, rules.maxPathLength === 0 ? "" : rules.pathTo(path, `[${index}]`), rules, marks);
    });
  } else if (node.kind === "object") {
    for (const { key, value } of node.members) {
      markValues(value, rules.featureAction(key.text), marks);
      markStep(value, rules.maxPathLength === 0 ? "" : rules.pathTo(path, key.text), rules, marks);
    }
    markColumns(node, rules, marks);
    markTensor(node, rules, marks);
  }
}

function markStep(node: JsonNode, path: string, rules: RedactionRules, marks: Marks): void {
  if (rules.maxPathLength > 0) markValues(node, rules.pathAction(path), marks);
  markNamed(node, path, rules, marks);
}

/** Keys may repeat: visits all `columns` once, then all `data`, because checking every pair would be quadratic. */
function markColumns(node: JsonNode, rules: RedactionRules, marks: Marks): void {
  const actions: (RedactionAction | undefined)[] = [];
  for (const columns of valuesOf(node, "columns").filter(({ kind }) => kind === "list")) {
    childrenOf(columns).forEach((name, index) => {
      actions[index] = strongest([actions[index], rules.tensorAction(columnName(name))]);
    });
  }
  const any = strongest(actions);
  if (any === undefined) return;
  for (const data of valuesOf(node, "data")) {
    for (const row of childrenOf(data)) {
      // A row that is not a list holds the value of the only column.
      if (row.kind !== "list") markValues(row, any, marks);
      else row.items.forEach((cell, index) => markValues(cell, actions[index], marks));
    }
  }
}

function strongest(actions: readonly (RedactionAction | undefined)[]): RedactionAction | undefined {
  return redactionActions.find((action) => actions.includes(action));
}

/** pandas writes a list of names for a multi-level column. */
function columnName(name: JsonNode): string {
  const levels = name.kind === "list" ? name.items : [name];
  return levels.map(canonicalText).join(".");
}

const tensorParts = ["data", "contents", "values", "value", "parameters"] as const;

function markTensor(node: JsonNode, rules: RedactionRules, marks: Marks): void {
  const names = valuesOf(node, "name").flatMap((name) => (name.kind === "text" ? [name.text] : []));
  const action = strongest(names.map((name) => rules.tensorAction(name)));
  if (action === undefined) return;
  for (const part of tensorParts) {
    for (const value of valuesOf(node, part)) markValues(value, action, marks);
  }
}
