/** Heads that must be refused, and why; known answers from RFC 9112 and the advisories that its rules go back to. */
import type { Fault } from "../../../src/http1/fault.ts";
import type { Bounds } from "./head-pictures.ts";

/** One head that is refused. Each text is a whole head unless the fault comes before its end. */
export interface FaultyHead {
  readonly fault: Fault;
  readonly what: string;
  readonly text: string;
  /** Bounds narrower than usual. */
  readonly bounds?: Bounds;
}

const head = (lines: string): string => `POST /x HTTP/1.1\r\nHost: a\r\n${lines}\r\n`;
const line = (text: string): string => `${text}\r\nHost: a\r\n\r\n`;

const startLines: readonly FaultyHead[] = [
  { fault: "request_line_malformed", what: "no method", text: line(" / HTTP/1.1") },
  { fault: "request_line_malformed", what: "two spaces", text: line("GET  / HTTP/1.1") },
  { fault: "request_line_malformed", what: "a tab for a space", text: line("GET\t/ HTTP/1.1") },
  { fault: "request_line_malformed", what: "a byte that is no token", text: line("G(T / HTTP/1.1") },
  { fault: "request_line_malformed", what: "a method of 65 bytes", text: line(`${"M".repeat(65)} / HTTP/1.1`) },
  { fault: "request_line_malformed", what: "a version in lower case", text: line("GET / http/1.1") },
  { fault: "request_line_malformed", what: "white space at the end", text: line("GET / HTTP/1.1 ") },
  { fault: "request_line_malformed", what: "a version of two digits", text: line("GET / HTTP/1.10") },
  { fault: "request_line_malformed", what: "a comma in the version", text: line("GET / HTTP/1,1") },
  { fault: "request_line_malformed", what: "no digit in the version", text: line("GET / HTTP/1.x") },
  { fault: "version_unsupported", what: "HTTP/0.9", text: line("GET /") },
  { fault: "version_unsupported", what: "HTTP/2", text: line("PRI * HTTP/2.0") },
  { fault: "version_unsupported", what: "HTTP/0.1", text: line("GET / HTTP/0.1") },
  { fault: "line_end_malformed", what: "an LF before the line", text: `\n${line("GET / HTTP/1.1")}` },
  { fault: "line_end_malformed", what: "a CR alone before the line", text: `\r${line("GET / HTTP/1.1")}` },
  { fault: "line_end_malformed", what: "an LF after the method", text: line("GET\n/ HTTP/1.1") },
  { fault: "line_end_malformed", what: "an LF after the target", text: line("GET /\nx HTTP/1.1") },
  { fault: "line_end_malformed", what: "a line that ends in LF", text: "GET / HTTP/1.1\nHost: a\r\n\r\n" },
  { fault: "line_end_malformed", what: "a CR without LF", text: "GET / HTTP/1.1\rHost: a\r\n\r\n" },
];

const targets: readonly FaultyHead[] = [
  { fault: "target_malformed", what: "a fragment", text: line("GET /a#b HTTP/1.1") },
  { fault: "target_malformed", what: "a control character", text: line("GET /a\u0001 HTTP/1.1") },
  { fault: "target_malformed", what: "a byte above ASCII", text: line("GET /\u00e4 HTTP/1.1") },
  { fault: "target_malformed", what: "a path without slash", text: line("GET path HTTP/1.1") },
  { fault: "target_malformed", what: "an asterisk for GET", text: line("GET * HTTP/1.1") },
  { fault: "target_malformed", what: "an asterisk for options in lower case", text: line("options * HTTP/1.1") },
  { fault: "target_malformed", what: "more than an asterisk", text: line("OPTIONS *x HTTP/1.1") },
  { fault: "target_malformed", what: "another scheme", text: line("GET ftp://a/ HTTP/1.1") },
  { fault: "target_malformed", what: "no authority", text: line("GET http:///x HTTP/1.1") },
  { fault: "target_malformed", what: "a scheme alone", text: line("GET http:// HTTP/1.1") },
  { fault: "target_malformed", what: "user information", text: line("GET http://u@a/ HTTP/1.1") },
  { fault: "target_malformed", what: "a port too great", text: line("GET http://a:65536/ HTTP/1.1") },
  { fault: "connect_refused", what: "CONNECT", text: line("CONNECT a:443 HTTP/1.1") },
  { fault: "connect_refused", what: "connect in lower case", text: line("connect /x HTTP/1.1") },
  {
    fault: "target_too_long",
    what: "11 bytes of 10",
    text: line("GET /123456789a HTTP/1.1"),
    bounds: { targetBytes: 10 },
  },
];

const hosts: readonly FaultyHead[] = [
  { fault: "host_missing", what: "HTTP/1.1 without Host", text: "GET / HTTP/1.1\r\n\r\n" },
  { fault: "host_repeated", what: "two equal Hosts", text: head("Host: a\r\n") },
  { fault: "host_malformed", what: "a path in Host", text: "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n" },
  { fault: "host_malformed", what: "a list of hosts, even in HTTP/1.0", text: "GET / HTTP/1.0\r\nHost: a b\r\n\r\n" },
];

const lines: readonly FaultyHead[] = [
  { fault: "header_name_malformed", what: "a space before the colon", text: head("A : b\r\n") },
  { fault: "header_name_malformed", what: "no name", text: head(": b\r\n") },
  { fault: "header_name_malformed", what: "no colon", text: head("Abc\r\n") },
  { fault: "header_name_malformed", what: "a NUL in the name", text: head("A\0b: c\r\n") },
  { fault: "header_value_malformed", what: "a NUL in the value", text: head("A: b\0c\r\n") },
  { fault: "header_value_malformed", what: "DEL in the value", text: head("A: b\u007f\r\n") },
  { fault: "header_folded", what: "a line that begins with a space", text: head("A: b\r\n c\r\n") },
  { fault: "header_folded", what: "a line that begins with a tab", text: head("A: b\r\n\tc\r\n") },
  { fault: "header_folded", what: "white space before the first header", text: "GET / HTTP/1.1\r\n Host: a\r\n\r\n" },
  { fault: "line_end_malformed", what: "a value that ends in LF", text: head("A: b\nC: d\r\n") },
  { fault: "line_end_malformed", what: "a CR inside a value", text: head("A: b\rC: d\r\n") },
  { fault: "line_end_malformed", what: "a name that ends in LF", text: head("Abc\nC: d\r\n") },
  { fault: "line_end_malformed", what: "an LF for the empty line", text: "GET / HTTP/1.1\r\nHost: a\r\n\n" },
  { fault: "line_end_malformed", what: "a CR alone for the empty line", text: "GET / HTTP/1.1\r\nHost: a\r\n\rx" },
  {
    fault: "head_too_large",
    what: "a head of 27 bytes of 26",
    text: line("GET / HTTP/1.1"),
    bounds: { headBytes: 26 },
  },
  {
    fault: "head_too_large",
    what: "a line that is too long by itself",
    text: line(`GET /${"x".repeat(99)} HTTP/1.1`),
    bounds: { headBytes: 40 },
  },
  { fault: "too_many_headers", what: "three of two", text: head("A: b\r\nC: d\r\n"), bounds: { headerCount: 2 } },
  { fault: "too_many_headers", what: "65 names in Connection", text: head(`Connection: ${"x,".repeat(65)}\r\n`) },
];

const framing: readonly FaultyHead[] = [
  { fault: "content_length_malformed", what: "no digits", text: head("Content-Length: \r\n") },
  { fault: "content_length_malformed", what: "a sign", text: head("Content-Length: +5\r\n") },
  { fault: "content_length_malformed", what: "hexadecimal", text: head("Content-Length: 0x5\r\n") },
  { fault: "content_length_malformed", what: "2^53", text: head("Content-Length: 9007199254740992\r\n") },
  { fault: "content_length_malformed", what: "an empty member", text: head("Content-Length: 5,\r\n") },
  { fault: "content_length_conflict", what: "two lines", text: head("Content-Length: 5\r\nContent-Length: 6\r\n") },
  { fault: "content_length_conflict", what: "a list", text: head("Content-Length: 5, 6\r\n") },
  {
    fault: "content_length_conflict",
    what: "equal numbers in unequal digits",
    text: head("Content-Length: 5\r\nContent-Length: 05\r\n"),
  },
  { fault: "framing_conflict", what: "both", text: head("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") },
  {
    fault: "framing_conflict",
    what: "both, the other way round",
    text: head("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
  },
  {
    fault: "transfer_encoding_malformed",
    what: "two lines",
    text: head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
  },
  {
    fault: "transfer_encoding_malformed",
    what: "chunked twice",
    text: head("Transfer-Encoding: chunked, chunked\r\n"),
  },
  { fault: "transfer_encoding_malformed", what: "not the last", text: head("Transfer-Encoding: chunked, gzip\r\n") },
  { fault: "transfer_encoding_malformed", what: "empty", text: head("Transfer-Encoding: \r\n") },
  {
    fault: "transfer_encoding_malformed",
    what: "in HTTP/1.0",
    text: "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
  },
  {
    fault: "transfer_encoding_unsupported",
    what: "gzip before chunked",
    text: head("Transfer-Encoding: gzip, chunked\r\n"),
  },
  { fault: "transfer_encoding_unsupported", what: "an unknown coding", text: head("Transfer-Encoding: xchunked\r\n") },
];

/** Request heads that must be refused. */
export const faultyRequests: readonly FaultyHead[] = [...startLines, ...targets, ...hosts, ...lines, ...framing];

const answer = (text: string): string => `HTTP/1.1 200 OK\r\n${text}\r\n`;

/** Response heads that must not be believed. */
export const faultyResponses: readonly FaultyHead[] = [
  { fault: "version_unsupported", what: "no HTTP at all", text: "SSH-2.0-x\r\n" },
  { fault: "version_unsupported", what: "HTTP/2", text: "HTTP/2.0 200 OK\r\n\r\n" },
  { fault: "version_unsupported", what: "no digit in the version", text: "HTTP/1.x 200 OK\r\n\r\n" },
  { fault: "version_unsupported", what: "an empty line first", text: `\r\n${answer("")}` },
  { fault: "request_line_malformed", what: "a status of two digits", text: "HTTP/1.1 20 OK\r\n\r\n" },
  { fault: "request_line_malformed", what: "a status of four digits", text: "HTTP/1.1 2000 OK\r\n\r\n" },
  { fault: "request_line_malformed", what: "a status below 100", text: "HTTP/1.1 099 OK\r\n\r\n" },
  {
    fault: "request_line_malformed",
    what: "a byte just below the digits in the status",
    text: "HTTP/1.1 2/0 OK\r\n\r\n",
  },
  {
    fault: "request_line_malformed",
    what: "a byte just above the digits in the status",
    text: "HTTP/1.1 2:0 OK\r\n\r\n",
  },
  { fault: "request_line_malformed", what: "two spaces before the status", text: "HTTP/1.1  200 OK\r\n\r\n" },
  { fault: "request_line_malformed", what: "a version of two digits", text: "HTTP/1.10 200 OK\r\n\r\n" },
  { fault: "line_end_malformed", what: "an LF after the reason", text: "HTTP/1.1 200 OK\n\r\n" },
  { fault: "line_end_malformed", what: "a NUL in the reason", text: "HTTP/1.1 200 O\0K\r\n\r\n" },
  { fault: "line_end_malformed", what: "a CR inside the reason", text: "HTTP/1.1 200 O\rK\r\n\r\n" },
  { fault: "header_name_malformed", what: "a space before the colon", text: answer("A : b\r\n") },
  { fault: "header_value_malformed", what: "a NUL in a value", text: answer("A: \0\r\n") },
  { fault: "header_folded", what: "a folded line", text: answer("A: b\r\n c\r\n") },
  { fault: "head_too_large", what: "23 bytes of 20", text: answer("A: b\r\n"), bounds: { headBytes: 20 } },
  {
    fault: "head_too_large",
    what: "a long reason",
    text: "HTTP/1.1 200 a long reason\r\n\r\n",
    bounds: { headBytes: 20 },
  },
  { fault: "too_many_headers", what: "two of one", text: answer("A: b\r\nC: d\r\n"), bounds: { headerCount: 1 } },
  { fault: "content_length_malformed", what: "a sign", text: answer("Content-Length: -1\r\n") },
  { fault: "content_length_conflict", what: "two lines", text: answer("Content-Length: 1\r\nContent-Length: 2\r\n") },
  { fault: "framing_conflict", what: "both", text: answer("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n") },
  { fault: "transfer_encoding_malformed", what: "not the last", text: answer("Transfer-Encoding: chunked, gzip\r\n") },
  { fault: "transfer_encoding_unsupported", what: "an unknown coding", text: answer("Transfer-Encoding: br\r\n") },
];
