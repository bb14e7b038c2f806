import { brokenOff, type ConformanceCase, get, message, passes, post, refusal } from "../support/case.ts";
import type { RelayOverrides } from "../../../support/start-relay.ts";

const small: RelayOverrides = { limits: { targetBytes: 100, headBytes: 1_000, headerCount: 10, bodyBytes: 10 } };
const target = (length: number): string => message([`GET /${"a".repeat(length - 1)} HTTP/1.1`, "Host: a"]);
const lines = (count: number): string => get(...Array.from({ length: count - 1 }, (_, index) => `X-${index}: 1`));
const head = (bytes: number): string => get(`X: ${"a".repeat(bytes - get("X: ").length)}`);

const sizeRows: ConformanceCase[] = [
  refusal("limit-target", "one byte too many", target(101), { codes: "target_too_long", options: small }),
  refusal("limit-target", "a target without end", `GET /${"a".repeat(900)}`, {
    codes: "target_too_long",
    options: small,
  }),
  refusal(
    "limit-target",
    "an absolute-form counts as a whole",
    message([`GET http://a/${"b".repeat(95)} HTTP/1.1`, "Host: a"]),
    {
      codes: "target_too_long",
      options: small,
    },
  ),
  passes("limit-target", "exactly the limit", target(100), { options: small }),
  refusal("limit-head", "one line too many", lines(11), { codes: "too_many_headers", options: small }),
  passes("limit-head", "exactly as many lines as the limit", lines(10), { options: small }),
  refusal("limit-head", "one byte too many", head(1_001), { codes: "head_too_large", options: small }),
  passes("limit-head", "exactly as many bytes as the limit", head(1_000), { options: small }),
  refusal("limit-head", "a header without end", `GET / HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(2_000)}`, {
    codes: "head_too_large",
    options: small,
  }),
  refusal("limit-head", "a method without end", "A".repeat(2_000), {
    codes: ["head_too_large", "request_line_malformed"],
    options: small,
  }),
  refusal("limit-body", "a length past the limit, without sending the body", post(["Content-Length: 11"], ""), {
    codes: "body_too_large",
    options: small,
  }),
  refusal("limit-body", "a length past the limit, with the body", post(["Content-Length: 11"], "01234567890"), {
    codes: "body_too_large",
    options: small,
  }),
  refusal(
    "limit-body",
    "a length past the limit of a client that waits for 100",
    post(["Content-Length: 11", "Expect: 100-continue"], ""),
    {
      codes: "body_too_large",
      options: small,
    },
  ),
  passes("limit-body", "exactly the limit by length", post(["Content-Length: 10"], "0123456789"), { options: small }),
  passes(
    "limit-body",
    "exactly the limit in chunks",
    post(["Transfer-Encoding: chunked"], "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"),
    { options: small },
  ),
  ...brokenOff("limit-body", "body_too_large", {
    "chunks past the limit": post(["Transfer-Encoding: chunked"], "5\r\n01234\r\n6\r\n567890\r\n0\r\n\r\n"),
    "one chunk past the limit": post(["Transfer-Encoding: chunked"], `ffff\r\n${"x".repeat(11)}`),
  }).map((row) => ({ ...row, options: small })),
];

/** Cases about bounds in size. */
export const limitCases: readonly ConformanceCase[] = [...sizeRows];
