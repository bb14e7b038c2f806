/** Compiled redaction rules: looks up the action for a feature, a path or a header. */
import type { JsonPointer } from "../payload/json/json-pointer.ts";
import { redactionActions, type RedactionAction, type RedactionRule } from "./redaction-rule.ts";

/** Rules by action. Where several match a value, drop takes precedence over mask, and mask over hash. */
export type RulesByAction = Readonly<Record<RedactionAction, readonly RedactionRule[]>>;

/** A rule about a feature. */
interface NamedRule {
  readonly name: string;
  readonly action: RedactionAction;
}

/** Compiled rules. Lookups by exact name are constant time; names with dots or brackets cost one comparison a rule. */
export class RedactionRules {
  readonly pointers: readonly { readonly pointer: JsonPointer; readonly action: RedactionAction }[];
  readonly hasFeatures: boolean;
  /** Length of the longest feature name that is a path, such as `address.street` or `x[3]`; 0 without one. */
  readonly maxPathLength: number;
  readonly #headers: ReadonlyMap<string, RedactionAction>;
  readonly #features: readonly NamedRule[];
  readonly #byName: ReadonlyMap<string, RedactionAction>;

  constructor(rules: RulesByAction) {
    const all = redactionActions.flatMap((action) => rules[action].map((rule) => ({ rule, action })));
    this.pointers = all.flatMap(({ rule, action }) =>
      rule.kind === "pointer" ? [{ pointer: rule.pointer, action }] : [],
    );
    this.#features = all.flatMap(({ rule, action }) => (rule.kind === "feature" ? [{ name: rule.name, action }] : []));
    this.#byName = firstOfEach(this.#features);
    this.#headers = firstOfEach(
      all.flatMap(({ rule, action }) => (rule.kind === "header" ? [{ name: rule.name, action }] : [])),
    );
    this.hasFeatures = this.#features.length > 0;
    this.maxPathLength = Math.max(
      0,
      ...this.#features
        .map(({ name }) => name)
        .filter(isPath)
        .map(lengthOf),
    );
  }

  /** Whether there is any rule. */
  get isAny(): boolean {
    return this.hasFeatures || this.pointers.length > 0 || this.#headers.size > 0;
  }

  /** Action for a header, whose name may be in any case; undefined for none. */
  headerAction(name: string): RedactionAction | undefined {
    return this.#headers.size === 0 ? undefined : this.#headers.get(name.toLowerCase());
  }

  /**
   * Action for a feature by the name that readers give it. Nested values have paths as names (`a.b`, `a[0]`): a rule for
   * `a` or for `b` matches `a.b`.
   */
  featureAction(name: string): RedactionAction | undefined {
    if (!this.hasFeatures) return undefined;
    if (!isPath(name)) return this.#byName.get(name);
    return this.#features.find((rule) => hasStep(name, rule.name))?.action;
  }

  /** Like {@link featureAction}, for a column or a tensor: a rule for one of its elements matches all of it. */
  tensorAction(name: string): RedactionAction | undefined {
    return this.#features.find((rule) => hasStep(name, rule.name) || isInside(rule.name, name))?.action;
  }

  /** Action for the value at a path through a body; {@link pathTo} gives the end of that path. */
  pathAction(path: string): RedactionAction | undefined {
    return this.#features.find((rule) => isPath(rule.name) && endsWithStep(path, rule.name))?.action;
  }

  /** The path extended by a step, cut to the length that rules need: a hostile body cannot make it longer. */
  pathTo(path: string, step: string): string {
    const longer = path === "" || step.startsWith("[") ? `${path}${step}` : `${path}.${step}`;
    return longer.length > this.maxPathLength + 1 ? longer.slice(-this.maxPathLength - 1) : longer;
  }
}

function firstOfEach(rules: readonly NamedRule[]): ReadonlyMap<string, RedactionAction> {
  return new Map(rules.toReversed().map(({ name, action }) => [name, action]));
}

const lengthOf = (name: string): number => name.length;

function isPath(name: string): boolean {
  return name.includes(".") || name.includes("[");
}

/** Whether `step` is a whole step, or several, of the path `name`. */
function hasStep(name: string, step: string): boolean {
  for (let at = name.indexOf(step); at !== -1; at = name.indexOf(step, at + 1)) {
    const end = at + step.length;
    const isWhole = end === name.length || name[end] === "." || name[end] === "[";
    if (isWhole && (at === 0 || name[at - 1] === ".")) return true;
  }
  return false;
}

function endsWithStep(path: string, step: string): boolean {
  const start = path.length - step.length;
  return path.endsWith(step) && (start === 0 || path[start - 1] === ".");
}

function isInside(name: string, whole: string): boolean {
  return name.startsWith(whole) && (name[whole.length] === "." || name[whole.length] === "[");
}
