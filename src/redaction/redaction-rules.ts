/** Rules of redaction, made ready: which of them holds for a name, a place or a header. */
import type { JsonPointer } from "../payload/json/json-pointer.ts";
import { redactionActions, type RedactionAction, type RedactionRule } from "./redaction-rule.ts";

/** Rules by what is done. Where several hold for a value, dropping goes before masking, masking before hashing. */
export type RulesByAction = Readonly<Record<RedactionAction, readonly RedactionRule[]>>;

/** A rule about a feature. */
interface NamedRule {
  readonly name: string;
  readonly action: RedactionAction;
}

/** The rules, compiled. */
export class RedactionRules {
  readonly pointers: readonly { readonly pointer: JsonPointer; readonly action: RedactionAction }[];
  readonly hasFeatures: boolean;
  /** Longest name that says a place in a nested value, such as `address.street` or `x[3]`; 0 for none. */
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

  /** True when there is any. */
  get isAny(): boolean {
    return this.hasFeatures || this.pointers.length > 0 || this.#headers.size > 0;
  }

  /** What is done with a header; its name in any case. */
  headerAction(name: string): RedactionAction | undefined {
    return this.#headers.size === 0 ? undefined : this.#headers.get(name.toLowerCase());
  }

  /**
   * What is done with a feature as readers name it. Readers name what is nested by its way (`a.b`, `a[0]`): a rule for
   * `a` or for `b` holds for all of these.
   */
  featureAction(name: string): RedactionAction | undefined {
    if (!this.hasFeatures) return undefined;
    if (!isPath(name)) return this.#byName.get(name);
    return this.#features.find((rule) => hasStep(name, rule.name))?.action;
  }

  /** Like {@link featureAction}, for a column or a tensor: a rule for one of its elements holds for all of it. */
  tensorAction(name: string): RedactionAction | undefined {
    return this.#features.find((rule) => hasStep(name, rule.name) || isWithin(rule.name, name))?.action;
  }

  /** What is done with a value at the end of a way through a body, of which {@link wayTo} gives the last part. */
  wayAction(way: string): RedactionAction | undefined {
    return this.#features.find((rule) => isPath(rule.name) && endsWithStep(way, rule.name))?.action;
  }

  /** The way to a member or element, no longer than rules ask for: a hostile body cannot make it cost more. */
  wayTo(way: string, step: string): string {
    const longer = way === "" || step.startsWith("[") ? `${way}${step}` : `${way}.${step}`;
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

/** True when `step` stands in `name` between dots and brackets. */
function hasStep(name: string, step: string): boolean {
  for (let at = name.indexOf(step); at !== -1; at = name.indexOf(step, at + 1)) {
    const end = at + step.length;
    const isWhole = end === name.length || name[end] === "." || name[end] === "[";
    if (isWhole && (at === 0 || name[at - 1] === ".")) return true;
  }
  return false;
}

function endsWithStep(way: string, step: string): boolean {
  const start = way.length - step.length;
  return way.endsWith(step) && (start === 0 || way[start - 1] === ".");
}

function isWithin(name: string, whole: string): boolean {
  return name.startsWith(whole) && (name[whole.length] === "." || name[whole.length] === "[");
}
