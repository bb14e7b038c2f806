/** HTTP/1.1 grammar: what reading and rewriting the heads of one exchange costs. */
import { ByteWriter } from "../../src/http1/byte-writer.ts";
import { ChunkedDecoder } from "../../src/http1/chunked.ts";
import { Progress } from "../../src/http1/header-section.ts";
import { RequestHead } from "../../src/http1/request-head.ts";
import { ResponseHead } from "../../src/http1/response-head.ts";
import { createRequestFacts, inspectRequest } from "../../src/http1/request-facts.ts";
import { type RequestAdditions, writeRequestHead } from "../../src/http1/rewrite-request.ts";
import { type ResponseAdditions, writeResponseHead } from "../../src/http1/rewrite-response.ts";
import type { MicroCases } from "./run-micro.ts";

const limits = { headBytes: 32_768, headerCount: 128, targetBytes: 8192 };

const requestBytes = Buffer.from(
  "POST /invocations HTTP/1.1\r\nHost: 127.0.0.1:18080\r\nUser-Agent: python-requests/2.32.5\r\n" +
    "Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\nContent-Length: 312\r\n" +
    "Content-Type: application/json\r\n\r\n",
);
const responseBytes = Buffer.from(
  "HTTP/1.1 200 OK\r\ndate: Mon, 02 Nov 2026 10:00:00 GMT\r\nserver: uvicorn\r\ncontent-length: 25\r\n" +
    "content-type: application/json\r\n\r\n",
);
const chunkedBytes = Buffer.from(`${`3e8\r\n${"x".repeat(1000)}\r\n`.repeat(16)}0\r\n\r\n`);

const requestId = "0123456789abcdef0123456789abcdef";
const requestIdLine = Buffer.from(`x-request-id: ${requestId}\r\n`);
const traceparentLine = Buffer.from(`traceparent: 00-${requestId}-0123456789abcdef-01\r\n`);
const requestAdditions: RequestAdditions = {
  clientAddress: Buffer.from("127.0.0.1"),
  viaName: Buffer.from("outrider-0123456789ab"),
  hostLine: Buffer.from("Host: 127.0.0.1:8080\r\n"),
  hopLines: Buffer.from("X-Forwarded-For: 127.0.0.1\r\nVia: 1.1 outrider-0123456789ab\r\n"),
  requestIdLine,
  traceparentLine,
  identityLines: Buffer.concat([requestIdLine, traceparentLine, Buffer.from("\r\n")]),
  upgradeProtocols: ["websocket"],
};
const responseAdditions: ResponseAdditions = {
  identityLines: Buffer.from(`x-request-id: ${requestId}\r\nx-outrider-request-id: ${requestId}\r\n\r\n`),
  dateLine: Buffer.from("Date: Mon, 02 Nov 2026 10:00:00 GMT\r\n"),
  close: false,
  framing: "same",
};

const requestHead = new RequestHead(limits);
const responseHead = new ResponseHead(limits);
const request = { head: requestHead, facts: createRequestFacts(), bytes: requestBytes, base: 0 };
const response = { head: responseHead, bytes: responseBytes, base: 0 };
const writer = new ByteWriter(Buffer.alloc(4096));
const decoder = new ChunkedDecoder({ trailerBytes: 8192, headerCount: 128, extensionBytes: 256 });
const ignore = (): void => undefined;
const sink = { coding: ignore, data: ignore, held: ignore };

function readRequest(): void {
  requestHead.reset();
  const progress = requestHead.read(requestBytes, 0, requestBytes.length);
  if (progress !== Progress.done) throw new Error(`the request head was not read: ${requestHead.fault}`);
}

function readResponse(): void {
  responseHead.reset();
  const progress = responseHead.read(responseBytes, 0, responseBytes.length, false);
  if (progress !== Progress.done) throw new Error(`the response head was not read: ${responseHead.fault}`);
}

/** See {@link MicroCases}. */
export const cases: MicroCases = {
  [`read a request head of ${requestBytes.length} bytes`]: readRequest,
  "read, inspect and rewrite that request head": () => {
    readRequest();
    inspectRequest(request, requestAdditions);
    writer.clear();
    writeRequestHead(writer, request, requestAdditions);
    return writer.length;
  },
  [`read a response head of ${responseBytes.length} bytes`]: readResponse,
  "read and rewrite that response head": () => {
    readResponse();
    writer.clear();
    writeResponseHead(writer, response, responseAdditions);
    return writer.length;
  },
  "read 16 chunks of 1,000 bytes": () => {
    decoder.reset();
    const end = decoder.read(chunkedBytes, 0, chunkedBytes.length, sink);
    if (end !== chunkedBytes.length) throw new Error(`the chunks were not read: ${decoder.fault}`);
  },
};
