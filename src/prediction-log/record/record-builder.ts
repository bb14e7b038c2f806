/** Makes the record of an exchange from its draft and its bodies. Everything in the record is redacted. */
import type { DecodedBody, ReadResult, RequestContent, ResponseContent } from "../../payload/body-content.ts";
import { exchangeModel } from "../../payload/exchange-content.ts";
import type { LoggedBodies, LoggedSide } from "../exchange-log.ts";
import type { DriftFlag } from "../drift-flags.ts";
import { loggedBody, redactedJson } from "./logged-body.ts";
import { recordSchema, type LoggedBody, type PredictionRecord } from "../prediction-record.ts";
import { RecordContents, type SideResult } from "./record-content.ts";
import type { RecordDraft } from "../record-draft.ts";
import { areFeaturesGone } from "../../redaction/redaction-check.ts";
import type { Redactor } from "../../redaction/redactor.ts";

/** Options of {@link RecordBuilder}. */
export interface RecordBuilderOptions {
  readonly redactor: Redactor;
  /** Host name of the sidecar. */
  readonly instance: string;
  readonly digest: string;
  /** Name of the request header for `label_id`. */
  readonly labelHeader?: string;
  readonly maxRows: number;
  /** Upper bound of each body in the record, bytes; 0 leaves bodies out. */
  readonly bodyBytes: number;
  /** Drift state of a model after its last window; undefined before the first. */
  driftOf(this: void, model: string, version: string, variant: string): DriftFlag | undefined;
  /** `2026-11-25T12:00:00.000Z` for milliseconds since the epoch. */
  formatTime(this: void, ms: number): string;
}

/** Longest texts that clients choose, characters after redaction. */
const maxTextLength = 256;
const maxPathLength = 1024;
const maxMethodLength = 64;

/** Digits of a second below the millisecond. */
const serialDigits = 6;

/** Makes records. About 5 µs for a row of 40 numbers. */
export class RecordBuilder {
  readonly #options: RecordBuilderOptions;
  readonly #contents: RecordContents;
  /** Flags with redacted names, by the original flags: these change once a window. */
  readonly #drifts: WeakMap<DriftFlag, DriftFlag> = new WeakMap();

  constructor(options: RecordBuilderOptions) {
    this.#options = options;
    this.#contents = new RecordContents(options.redactor, options.maxRows);
  }

  /**
   * The record of an exchange. `serial`, 0 to 999,999, becomes the last digits of its time. `bodies` is undefined when they
   * were not captured.
   */
  recordOf(draft: RecordDraft, bodies: LoggedBodies | undefined, serial: number): PredictionRecord {
    this.#options.redactor.renew();
    const results = this.#resultsOf(draft, bodies);
    const { hasMoreRows, ...content } = this.#contents.of(results.request, results.response);
    return {
      ...this.#factsOf(draft, namesOf(draft, results, bodies?.prefersBodyModel === true), serial),
      ...content,
      ...this.#headersOf(draft),
      ...this.#bodiesOf(draft, bodies),
      ...(hasMoreRows ? { cut: ["rows"] } : {}),
    };
  }

  #factsOf(
    draft: RecordDraft,
    { model, version }: ModelNames,
    serial: number,
  ): Omit<PredictionRecord, "rows" | "features" | "prediction" | "score"> {
    const { instance, digest, labelHeader = "", driftOf, formatTime } = this.#options;
    const labelId = this.#headerText(labelHeader, draft.labelId);
    const drift = this.#shownDrift(driftOf(model, version, draft.variant));
    const serialText = String(serial).padStart(serialDigits, "0");
    return {
      schema: recordSchema,
      time: formatTime(draft.atMs).replace("Z", `${serialText}Z`),
      request_id: this.#headerText("x-request-id", draft.requestId) ?? "",
      trace_id: draft.traceId,
      ...(labelId === "" || labelId === undefined ? {} : { label_id: labelId }),
      instance,
      model: this.#text(model, maxTextLength),
      version: this.#text(version, maxTextLength),
      variant: draft.variant,
      digest,
      route: draft.route,
      method: this.#text(draft.method, maxMethodLength),
      path: this.#text(pathOf(draft.target), maxPathLength),
      outcome: draft.outcome,
      error_code: draft.errorCode,
      status: draft.status,
      latency_ms: {
        total: toMicros(draft.durationMs),
        first_byte: toMicros(draft.firstByteMs),
        upstream: toMicros(draft.upstreamMs),
        queue: toMicros(draft.queueMs),
      },
      bytes: { request: draft.requestBodyBytes, response: draft.responseBodyBytes },
      retries: draft.retries,
      sampling: { reason: draft.decision.reason, probability: draft.decision.probability },
      ...(drift === undefined ? {} : { drift }),
    };
  }

  /** A rule about a header applies wherever the record repeats its value; undefined when the value is dropped. */
  #headerText(header: string, value: string): string | undefined {
    return value === "" ? value : this.#options.redactor.headerText(header, value)?.slice(0, maxTextLength);
  }

  #shownDrift(flag: DriftFlag | undefined): DriftFlag | undefined {
    if (flag === undefined) return undefined;
    let shown = this.#drifts.get(flag);
    if (shown === undefined) {
      shown = { ...flag, features: this.#options.redactor.featureNames(flag.features) };
      this.#drifts.set(flag, shown);
    }
    return shown;
  }

  #text(text: string, maxLength: number): string {
    return this.#options.redactor.text(text).slice(0, maxLength);
  }

  /**
   * Where rules name places in a body, the body is redacted and read again: only the reader knows which feature or tensor
   * is at a place. Rules about features apply to the request by the names that the reader found; predictions have their names
   * only in the body, so the response is redacted and read again for these as well.
   */
  #resultsOf(draft: RecordDraft, bodies: LoggedBodies | undefined): SideResults {
    if (bodies === undefined) return { request: notCaptured, response: notCaptured };
    const { hasPointers, hasFeatures } = this.#options.redactor;
    const { request, response, reader, target } = bodies;
    const readRequest = (bytes: Uint8Array): ReadResult<RequestContent> =>
      reader.readRequest({ bytes, contentType: request.contentType, target });
    const readResponse = (bytes: Uint8Array): ReadResult<ResponseContent> =>
      reader.readResponse({ bytes, contentType: response.contentType, target });
    const asked = captured(request.result ?? notCaptured, draft.requestBodyBytes);
    const answered = response.result && captured(response.result, draft.responseBodyBytes);
    return {
      request: hasPointers ? this.#again(request, asked, readRequest) : asked,
      response:
        (hasPointers || hasFeatures) && answered !== undefined
          ? this.#again(response, answered, readResponse)
          : answered,
    };
  }

  #again<Content>(
    { content }: LoggedSide<Content>,
    result: SideResult<Content>,
    read: (bytes: Uint8Array) => ReadResult<Content>,
  ): SideResult<Content> {
    if (result.kind !== "read" || content.kind !== "decoded") return result;
    const redacted = redactedJson(content.bytes, this.#options.redactor, this.#options.bodyBytes);
    return redacted === undefined ? notRedactable : read(redacted);
  }

  #headersOf({ headers }: RecordDraft): Pick<PredictionRecord, "headers"> {
    const kept: Record<string, string> = {};
    for (const [name, value] of Object.entries(headers)) {
      const shown = this.#options.redactor.header(name, value);
      if (shown !== undefined) kept[name] = shown;
    }
    return Object.keys(kept).length === 0 ? {} : { headers: kept };
  }

  #bodiesOf(
    draft: RecordDraft,
    bodies: LoggedBodies | undefined,
  ): Pick<PredictionRecord, "request_body" | "response_body"> {
    const { bodyBytes, redactor } = this.#options;
    if (bodyBytes === 0) return {};
    if (bodies === undefined) {
      return { request_body: absent(draft.requestBodyBytes), response_body: absent(draft.responseBodyBytes) };
    }
    const { request, response, reader, target } = bodies;
    const bodyOf = <Content extends RequestContent | ResponseContent>(
      side: LoggedSide<Content>,
      read: (body: DecodedBody) => ReadResult<Content>,
      mayQuoteInput: boolean,
    ): LoggedBody => {
      const isFeatureGone = (bytes: Uint8Array): boolean =>
        areFeaturesGone(read({ bytes, contentType: side.contentType, target }), redactor);
      return loggedBody(side, { redactor, bodyBytes, mayQuoteInput, isFeatureGone });
    };
    return {
      request_body: bodyOf(request, (body) => reader.readRequest(body), false),
      response_body: bodyOf(response, (body) => reader.readResponse(body), draft.outcome !== "ok"),
    };
  }
}

const notCaptured = { kind: "unread", reason: "not_captured" } as const;
const notRedactable = { kind: "unread", reason: "not_redactable" } as const;

const absent = (bytes: number): LoggedBody => ({
  content_type: "",
  omitted: bytes === 0 ? "empty" : "not_captured",
});

/** A body that was not captured looks like an empty one; its size on the wire tells. */
const captured = <Content>(result: SideResult<Content>, bodyBytes: number): SideResult<Content> =>
  result.kind === "unread" && result.reason === "empty" && bodyBytes > 0 ? notCaptured : result;

interface SideResults {
  readonly request: SideResult<RequestContent>;
  readonly response: SideResult<ResponseContent> | undefined;
}

interface ModelNames {
  readonly model: string;
  readonly version: string;
}

/** Model and version as metrics and drift name them. */
function namesOf(draft: RecordDraft, { request, response }: SideResults, prefersBodyModel: boolean): ModelNames {
  const named = [request, response].flatMap((side) => (side?.kind === "read" ? [side.value] : []));
  const bodyModel = named.find(({ model }) => model !== "")?.model ?? "";
  const bodyVersion = named.find(({ version }) => version !== "")?.version ?? "";
  const model = exchangeModel(draft.model, bodyModel, prefersBodyModel);
  return { model, version: draft.version || bodyVersion };
}

function pathOf(target: string): string {
  const query = target.indexOf("?");
  return query === -1 ? target : target.slice(0, query);
}

const toMicros = (ms: number): number => Math.round(ms * 1000) / 1000;
