/**
 * A row of the configuration table. A field is a plain record: its kind says how a value is read, checked, shown and
 * documented (see kinds.ts).
 */
import type { Address, TcpAddress } from "../../text/address.ts";
import type { JsonPointer } from "../../payload/json/json-pointer.ts";
import type { SampleRule } from "../../prediction-log/sampler/sample-rule.ts";
import type { StaticLabel } from "../../prediction-log/stream-fields.ts";
import type { RedactionRule } from "../../redaction/redaction-rule.ts";
import type { RouteRule } from "../../routing/route-rule.ts";
import type { Choice, ChoiceList } from "./choices.ts";

/** A value as it is written in the file or in JSON, before it is parsed. */
export type Input = string | number | boolean | readonly string[];

/** Properties of every kind of field. A default is an {@link Input}, like the values of a user. */
interface FieldCommon {
  /** One or two sentences for the reference and for `--help`; Markdown code spans allowed. */
  readonly doc: string;
  /** A value as it would be written in the file, for messages and the reference. */
  readonly example: string | number | boolean | readonly string[];
  /** True if a running sidecar can apply a new value without a restart. */
  readonly reload: boolean;
  /** The flag, if it is not derived from the path. */
  readonly flag?: `--${string}`;
  /** True for the fields that most people set; `--help` shows these alone, unless `--all` is given. */
  readonly common?: true;
}

interface NumberField extends FieldCommon {
  readonly kind: "integer" | "bytes" | "milliseconds";
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** The meaning of 0, if it is special. */
  readonly zero?: string;
}

interface RatioField extends FieldCommon {
  readonly kind: "ratio";
  readonly default: number;
}

interface BooleanField extends FieldCommon {
  readonly kind: "boolean";
  readonly default: boolean;
}

interface TextField extends FieldCommon {
  readonly kind: "name" | "path" | "header" | "key_prefix" | "pointer" | "redis_url";
  /** The empty text means "not set". */
  readonly default: string;
}

/** A file must be readable and hold what its kind says; a `folder` need not exist. */
export interface FileField extends FieldCommon {
  readonly kind: "secret_file" | "certificate_file" | "baseline_file" | "folder";
  /** The empty text means "not set". */
  readonly default: string;
  /** Minimum length of a secret, bytes, without surrounding blanks. */
  readonly minBytes?: number;
}

type ListKind =
  | "routes"
  | "tokens"
  | "pointers"
  | "names"
  | "headers"
  | "sample_rules"
  | "redaction_rules"
  | "static_labels";

interface ListField extends FieldCommon {
  readonly kind: ListKind;
  readonly default: readonly string[];
}

interface ChoiceField extends FieldCommon {
  readonly kind: "choice";
  readonly of: ChoiceList;
  readonly default: string;
}

interface WordsField extends FieldCommon {
  readonly kind: "words";
  readonly of: ChoiceList;
  readonly default: readonly string[];
}

interface UrlField extends FieldCommon {
  readonly kind: "url";
  /** The schemes that are allowed. */
  readonly schemes: readonly string[];
  /** The empty text means "not set". */
  readonly default: string;
}

interface AddressField extends FieldCommon {
  readonly kind: "address";
  readonly default: string;
}

interface UpstreamField extends FieldCommon {
  readonly kind: "upstream";
  readonly default: undefined;
}

/** A field of the configuration table, of any kind; switch on `kind`. */
export type Field =
  | NumberField
  | RatioField
  | BooleanField
  | TextField
  | FileField
  | ListField
  | ChoiceField
  | WordsField
  | UrlField
  | AddressField
  | UpstreamField;

/** The kinds; each has its {@link KindRules} in kinds.ts. */
export type FieldKind = Field["kind"];

/** The TypeScript type of a field's value: parsed, so that its readers have nothing left to check. */
export type FieldValue<F> = F extends { readonly kind: "choice"; readonly of: infer List extends ChoiceList }
  ? Choice<List>
  : F extends { readonly kind: "words"; readonly of: infer List extends ChoiceList }
    ? readonly Choice<List>[]
    : F extends { readonly kind: infer Kind extends keyof ValueOfKind }
      ? ValueOfKind[Kind]
      : never;

/** The parsed value of each kind; `choice` and `words` depend on their list as well. */
export interface ValueOfKind {
  readonly integer: number;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly ratio: number;
  readonly boolean: boolean;
  readonly name: string;
  readonly path: string;
  readonly baseline_file: string;
  readonly certificate_file: string;
  readonly secret_file: string;
  readonly folder: string;
  /** In lower case; empty when not set. */
  readonly header: string;
  readonly key_prefix: string;
  readonly pointer: JsonPointer | undefined;
  readonly url: string;
  readonly redis_url: string;
  readonly routes: readonly RouteRule[];
  readonly tokens: readonly string[];
  readonly pointers: readonly JsonPointer[];
  readonly names: readonly string[];
  /** In lower case. */
  readonly headers: readonly string[];
  readonly sample_rules: readonly SampleRule[];
  readonly redaction_rules: readonly RedactionRule[];
  readonly static_labels: readonly StaticLabel[];
  readonly address: TcpAddress;
  readonly upstream: Address | undefined;
}
