/** Facts of a request that the relay needs beyond its framing: identity, hops, upgrade. */
import { Field, fieldBits } from "./field.ts";
import { isSafeRequestId, isValidTraceparent, readDecimal } from "./field-value.ts";
import { contains, isListed, listsTrailers } from "./list-value.ts";
import type { RequestHead } from "./request-head.ts";

/** This instance's name, and the upgrades it passes on. */
export interface OwnNames {
  /** This instance's name in Via. */
  readonly viaName: Buffer;
  /** Upgrade tokens that may be passed on, lower case. */
  readonly upgradeProtocols: readonly string[];
}

/** Result of {@link inspectRequest}. Offsets count from the head's first byte; −1 means absent. */
export interface RequestFacts {
  /** Line whose value is the client's safe request id. */
  requestIdLine: number;
  /** Line whose value is a valid traceparent. */
  traceparentLine: number;
  /** Last X-Forwarded-For line. */
  forwardedForLine: number;
  /** Last Via line. */
  viaLine: number;
  /** Line of an upgrade that is passed on. */
  upgradeLine: number;
  /** Line of a TE header that lists trailers. */
  teTrailersLine: number;
  /** Value of Max-Forwards; −1 when absent or malformed. */
  maxForwards: number;
  /** True when Via names this very instance: the request has been here before. */
  isLoop: boolean;
}

/** A fresh record for {@link inspectRequest} to fill. */
export function createRequestFacts(): RequestFacts {
  return {
    requestIdLine: -1,
    traceparentLine: -1,
    forwardedForLine: -1,
    viaLine: -1,
    upgradeLine: -1,
    teTrailersLine: -1,
    maxForwards: -1,
    isLoop: false,
  };
}

/** A parsed head, the buffer that holds its bytes, and the facts found in it. */
export interface ParsedRequest {
  readonly head: RequestHead;
  readonly facts: RequestFacts;
  readonly bytes: Buffer;
  /** Offset of the head's first byte in `bytes`. */
  readonly base: number;
}

/** Fills `request.facts` with what the rewriter and the relay need from a parsed head. */
export function inspectRequest(request: ParsedRequest, names: OwnNames): void {
  const { headers } = request.head;
  resetFacts(request.facts);
  if ((headers.seen & inspected) === 0) return;
  for (let i = 0; i < headers.count; i++) {
    if (headers.field[i] !== Field.other) inspectLine(request, i, names);
  }
}

const inspected = fieldBits([
  Field.xRequestId,
  Field.traceparent,
  Field.xForwardedFor,
  Field.via,
  Field.upgrade,
  Field.te,
  Field.maxForwards,
]);

function inspectLine(request: ParsedRequest, index: number, names: OwnNames): void {
  const { bytes, base, head, facts } = request;
  const start = base + head.headers.valueStart[index]!;
  const end = base + head.headers.valueEnd[index]!;
  switch (head.headers.fieldAt(index)) {
    case Field.xRequestId:
      facts.requestIdLine = onlyLine(head, index, isSafeRequestId(bytes, start, end));
      break;
    case Field.traceparent:
      facts.traceparentLine = onlyLine(head, index, isValidTraceparent(bytes, start, end));
      break;
    case Field.xForwardedFor:
      facts.forwardedForLine = index;
      break;
    case Field.via:
      facts.viaLine = index;
      facts.isLoop ||= contains(bytes, start, end, names.viaName);
      break;
    case Field.upgrade:
      if (mayUpgrade(head) && isListed(bytes, start, end, names.upgradeProtocols)) facts.upgradeLine = index;
      break;
    case Field.te:
      if (listsTrailers(bytes, start, end)) facts.teTrailersLine = index;
      break;
    case Field.maxForwards:
      facts.maxForwards = readDecimal(bytes, start, end);
      break;
    default:
  }
}

/** `index` when its value is sound and no other line has the same field: of two lines, another reader may use the other one. */
function onlyLine({ headers }: RequestHead, index: number, isSound: boolean): number {
  if (!isSound) return -1;
  for (let i = 0; i < headers.count; i++) {
    if (i !== index && headers.field[i] === headers.field[index]) return -1;
  }
  return index;
}

const mayUpgrade = ({ options, minor }: RequestHead): boolean => options.upgrade && minor === 1;

function resetFacts(facts: RequestFacts): void {
  facts.requestIdLine = -1;
  facts.traceparentLine = -1;
  facts.forwardedForLine = -1;
  facts.viaLine = -1;
  facts.upgradeLine = -1;
  facts.teTrailersLine = -1;
  facts.maxForwards = -1;
  facts.isLoop = false;
}
