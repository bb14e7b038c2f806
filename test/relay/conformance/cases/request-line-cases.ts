import { type ConformanceCase, message, passes, refusal, refused } from "../support/case.ts";

const line = (text: string): string => message([text, "Host: a"]);

/** Cases about the request line and the forms of its target. */
export const requestLineCases: readonly ConformanceCase[] = [
  ...refused("request-line-spaces", "request_line_malformed", {
    "two spaces after the method": line("GET  / HTTP/1.1"),
    "a tab after the method": line("GET\t/ HTTP/1.1"),
    "a space before the method": line(" GET / HTTP/1.1"),
    "a tab before the method": line("\tGET / HTTP/1.1"),
    "an empty target": line("GET  HTTP/1.1"),
    "a method alone": line("GET"),
    "four words": line("GET / HTTP/1.1 x"),
    "a vertical tab in place of a space": line("GET\x0b/ HTTP/1.1"),
    "a form feed in place of a space": line("GET\x0c/ HTTP/1.1"),
    "a non-breaking space in place of a space": line("GET\xa0/ HTTP/1.1"),
  }),
  ...refused("request-line-spaces", ["request_line_malformed", "version_unsupported"], {
    "no target at all": line("GET HTTP/1.1"),
    "two spaces before the version": line("GET /  HTTP/1.1"),
    "a space after the version": line("GET / HTTP/1.1 "),
    "a tab after the version": line("GET / HTTP/1.1\t"),
    "a space within the target": line("GET /a b HTTP/1.1"),
  }),
  ...refused("request-line-spaces", ["request_line_malformed", "target_malformed"], {
    "a fragment alone": line("GET # HTTP/1.1"),
    "a tab before the version": line("GET /\tHTTP/1.1"),
    "a tab within the target": line("GET /a\tb HTTP/1.1"),
  }),
  ...refused("request-line-method", "request_line_malformed", {
    "a method with a slash": line("GE/T / HTTP/1.1"),
    "a method with parentheses": line("GET() / HTTP/1.1"),
    "a method with a colon": line("GET: / HTTP/1.1"),
    "a method in quotes": line('"GET" / HTTP/1.1'),
    "a method with a byte above 0x7f": line("G\xc9T / HTTP/1.1"),
    "a method with NUL": line("GE\0T / HTTP/1.1"),
    "a method with DEL": line("GE\x7fT / HTTP/1.1"),
    "the first bytes of a TLS hello": "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
  }),
  ...["get", "Get", "PURGE", "M-SEARCH", "!#$%&'*+-.^_`|~9"].map((method) =>
    passes("request-line-method", `${method} is a method of its own`, line(`${method} / HTTP/1.1`), {
      methods: [method],
      request: { method, target: "/" },
    }),
  ),
  passes("request-line-method", "a lower-case head gets a body, since it is not HEAD", line("head / HTTP/1.1"), {
    methods: ["GET"],
    request: { method: "head" },
    response: { body: "ok" },
  }),
  ...refused("request-line-version", ["version_unsupported", "request_line_malformed"], {
    "HTTP/0.9 with a version": line("GET / HTTP/0.9"),
    "HTTP/2.0": line("GET / HTTP/2.0"),
    "HTTP/3.0": line("GET / HTTP/3.0"),
    "HTTP/10.1": line("GET / HTTP/10.1"),
    "HTTP/1.10": line("GET / HTTP/1.10"),
    "HTTP/1.01": line("GET / HTTP/1.01"),
    "HTTP/01.1": line("GET / HTTP/01.1"),
    "HTTP/1": line("GET / HTTP/1"),
    "HTTP/1.": line("GET / HTTP/1."),
    "HTTP/.1": line("GET / HTTP/.1"),
    "HTTP/1,1": line("GET / HTTP/1,1"),
    "HTTP/+1.1": line("GET / HTTP/+1.1"),
    "HTTP/1.1a": line("GET / HTTP/1.1a"),
    "HTTP/ 1.1": line("GET / HTTP/ 1.1"),
    "a lower-case http/1.1": line("GET / http/1.1"),
    "another protocol": line("GET / ICY/1.1"),
    RTSP: line("OPTIONS * RTSP/1.0"),
    "the preface of HTTP/2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
  }),
  passes("request-line-version", "HTTP/1.2 is served as HTTP/1.1", line("GET / HTTP/1.2"), {
    response: { version: "HTTP/1.1" },
  }),
  ...refused("request-line-version", ["version_unsupported", "request_line_malformed", "line_end_malformed"], {
    "HTTP/0.9 without a version": "GET /\r\n\r\n",
    "HTTP/0.9 with headers": "GET /\r\nHost: a\r\n\r\n",
  }),
  passes("request-line-leading-crlf", "one empty line is skipped", `\r\n${line("GET /after HTTP/1.1")}`, {
    methods: ["GET"],
    request: { target: "/after" },
  }),
  passes(
    "request-line-leading-crlf",
    "an empty line after a body is skipped too",
    `${message(["POST /1 HTTP/1.1", "Host: a", "Content-Length: 1"], "x")}\r\n${line("GET /2 HTTP/1.1")}`,
    {
      methods: ["POST", "GET"],
      requests: [{ target: "/1", body: "x" }, { target: "/2" }],
      responses: [{ status: 200 }, { status: 200 }],
    },
  ),
  ...refused("request-line-leading-crlf", ["line_end_malformed", "request_line_malformed"], {
    "a bare LF before the request line": `\n${line("GET / HTTP/1.1")}`,
    "a bare CR before the request line": `\r${line("GET / HTTP/1.1")}`,
    "CR CR LF before the request line": `\r\r\n${line("GET / HTTP/1.1")}`,
    "CRLF and a space before the request line": `\r\n ${line("GET / HTTP/1.1")}`,
  }),
  ...refused("target-form", "target_malformed", {
    "a target without a slash": line("GET a HTTP/1.1"),
    "a host and path without a scheme": line("GET a/b HTTP/1.1"),
    "an authority": line("GET a:80 HTTP/1.1"),
    "an asterisk for GET": line("GET * HTTP/1.1"),
    "an asterisk for options in lower case": line("options * HTTP/1.1"),
    "an asterisk and more for OPTIONS": line("OPTIONS *x HTTP/1.1"),
    "an asterisk path for OPTIONS": line("OPTIONS ** HTTP/1.1"),
    "a fragment": line("GET /a#b HTTP/1.1"),
    "a fragment in absolute-form": line("GET http://a/b#c HTTP/1.1"),
    "a query alone": line("GET ?a=1 HTTP/1.1"),
    "a backslash": line("GET \\a HTTP/1.1"),
    "another scheme": line("GET ftp://a/ HTTP/1.1"),
    "a scheme without slashes": line("GET http:a HTTP/1.1"),
    "an absolute-form without a host": line("GET http:/// HTTP/1.1"),
    "an absolute-form with a port and no host": line("GET http://:80/ HTTP/1.1"),
    "an absolute-form with user information": line("GET http://user:pw@a/ HTTP/1.1"),
    "an absolute-form with a bad port": line("GET http://a:8x/ HTTP/1.1"),
    "an absolute-form with two ports": line("GET http://a:80:81/ HTTP/1.1"),
    "an absolute-form with a query where the host ends": line("GET http://?a HTTP/1.1"),
  }),
  ...refused("target-form", ["target_malformed", "request_line_malformed"], {
    "NUL in the target": line("GET /a\0b HTTP/1.1"),
    "DEL in the target": line("GET /a\x7fb HTTP/1.1"),
    "ESC in the target": line("GET /a\x1bb HTTP/1.1"),
    "a byte above 0x7f in the target": line("GET /\xe4 HTTP/1.1"),
    "a vertical tab in the target": line("GET /a\x0bb HTTP/1.1"),
  }),
  ...[
    "/",
    "//a",
    "/a//b",
    "/?",
    "/??a=b?c",
    "/a;b=c",
    "/%41%2f%00",
    "/!$&'()*+,;=:@",
    '/a|b^c`{}[]"<>',
    "/a/../b",
    "/http://b/",
  ].map((target) =>
    passes("target-form", `${target} is forwarded as it is`, line(`GET ${target} HTTP/1.1`), { request: { target } }),
  ),
  passes("target-form", "OPTIONS * is forwarded", line("OPTIONS * HTTP/1.1"), {
    methods: ["OPTIONS"],
    request: { method: "OPTIONS", target: "*" },
  }),
  ...refused("target-connect", "connect_refused", {
    "CONNECT to an authority": line("CONNECT a:443 HTTP/1.1"),
    "CONNECT in HTTP/1.0": line("CONNECT a:443 HTTP/1.0"),
  }),
  ...refused("target-connect", ["connect_refused", "target_malformed"], {
    "CONNECT to a path": line("CONNECT / HTTP/1.1"),
    "CONNECT with an absolute-form": line("CONNECT http://a/ HTTP/1.1"),
  }),
  passes("target-absolute", "Host is set from the target", message(["GET http://b.example/x?y HTTP/1.1", "Host: a"]), {
    request: { has: { host: "b.example" } },
  }),
  passes(
    "target-absolute",
    "the port is kept",
    message(["GET http://b.example:8080/x HTTP/1.1", "Host: b.example:8080"]),
    {
      request: { has: { host: "b.example:8080" } },
    },
  ),
  passes(
    "target-absolute",
    "a target without a path asks for /",
    message(["GET http://b.example HTTP/1.1", "Host: b.example"]),
    {
      request: { has: { host: "b.example" } },
    },
  ),
  passes(
    "target-absolute",
    "a query right after the host stays a query",
    message(["GET http://b.example?q=1 HTTP/1.1", "Host: b.example"]),
    {
      request: { has: { host: "b.example" } },
    },
  ),
  passes(
    "target-absolute",
    "the scheme may be written in any case",
    message(["GET HTTP://b.example/x HTTP/1.1", "Host: b.example"]),
    {
      request: { has: { host: "b.example" } },
    },
  ),
  passes(
    "target-absolute",
    "https is a scheme as well",
    message(["GET https://b.example/x HTTP/1.1", "Host: b.example"]),
    {
      request: { has: { host: "b.example" } },
    },
  ),
  passes(
    "target-absolute",
    "an IPv6 authority is understood",
    message(["GET http://[::1]:80/x HTTP/1.1", "Host: [::1]:80"]),
    {
      request: { has: { host: "[::1]:80" } },
    },
  ),
  passes("target-absolute", "HTTP/1.0 may use it without Host", message(["GET http://b.example/x HTTP/1.0"]), {
    request: { has: { host: "b.example" } },
  }),
  refusal("target-absolute", "Host is still required in HTTP/1.1", message(["GET http://b.example/x HTTP/1.1"]), {
    codes: "host_missing",
  }),
  refusal(
    "target-absolute",
    "two Hosts are still one too many",
    message(["GET http://b/x HTTP/1.1", "Host: b", "Host: b"]),
    {
      codes: "host_repeated",
    },
  ),
];
