/**
 * What one row of the configuration table holds. A field is a plain record: its kind decides how a value is read,
 * checked, shown and documented (see kinds.ts), the rest is what only this field knows.
 */
import type { Address } from "../address.ts";
import type { Choice, ChoiceList } from "./choices.ts";
import type { Upstream } from "../upstream.ts";

/** What every kind of field has. */
interface FieldCommon {
  /** One or two sentences for the reference and for `--help`; Markdown code spans allowed. */
  readonly doc: string;
  /** A value as it would stand in the file; shown in messages and in the reference. */
  readonly example: string | number | boolean | readonly string[];
  /** True when a running sidecar takes a new value without a restart. */
  readonly reload: boolean;
  /** Flag, when it is not derived from the path. */
  readonly flag?: `--${string}`;
  /** True for the fields that most people set; `--help` shows these first. */
  readonly common?: true;
}

interface NumberField extends FieldCommon {
  readonly kind: "integer" | "bytes" | "milliseconds";
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** What 0 stands for, when it is not just the number. */
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
  readonly kind: "name" | "path" | "file" | "secret_file" | "pointer";
  /** The empty text stands for "not set". */
  readonly default: string;
}

interface ListField extends FieldCommon {
  readonly kind: "routes" | "tokens" | "pointers" | "names" | "sample_rules" | "redaction_rules" | "label_pairs";
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
  /** What may stand before `://`. */
  readonly schemes: readonly string[];
  /** The empty text stands for "not set". */
  readonly default: string;
}

interface AddressField extends FieldCommon {
  readonly kind: "address";
  readonly default: Address;
}

interface UpstreamField extends FieldCommon {
  readonly kind: "upstream";
  readonly default: undefined;
}

/** One field of the configuration, by kind. */
export type Field =
  | NumberField
  | RatioField
  | BooleanField
  | TextField
  | ListField
  | ChoiceField
  | WordsField
  | UrlField
  | AddressField
  | UpstreamField;

/** The kinds of field. */
export type FieldKind = Field["kind"];

/** The TypeScript type of a field's value once it has been read. */
export type FieldValue<F> = F extends { readonly kind: "choice"; readonly of: infer List extends ChoiceList }
  ? Choice<List>
  : F extends { readonly kind: "words"; readonly of: infer List extends ChoiceList }
    ? readonly Choice<List>[]
    : F extends { readonly kind: infer Kind extends Exclude<FieldKind, "choice" | "words"> }
      ? ValueOfKind[Kind]
      : never;

interface ValueOfKind {
  readonly integer: number;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly ratio: number;
  readonly boolean: boolean;
  readonly name: string;
  readonly path: string;
  readonly file: string;
  readonly secret_file: string;
  readonly pointer: string;
  readonly url: string;
  readonly routes: readonly string[];
  readonly tokens: readonly string[];
  readonly pointers: readonly string[];
  readonly names: readonly string[];
  readonly sample_rules: readonly string[];
  readonly redaction_rules: readonly string[];
  readonly label_pairs: readonly string[];
  readonly address: Address;
  readonly upstream: Upstream | undefined;
}
