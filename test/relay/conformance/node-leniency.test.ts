import { describe, expect, it } from "vitest";
import { feedToNode } from "../../fuzz/node-view.ts";
import { latin1 } from "../../support/latin1.ts";
import { turnOfTheLoop } from "../../support/until.ts";
import { message, post } from "./support/case.ts";
import { onStage } from "./support/describe-cases.ts";

/** Requests that Node's parser takes without a word, by class; another reader could cut, route or name each differently. */
const classes: Readonly<Record<string, string>> = {
  "repeated Host": message(["GET / HTTP/1.1", "Host: a", "Host: b"]),
  "a Host that is no host": message(["GET / HTTP/1.1", "Host: a/b@c"]),
  "more than one space in the request line": message(["GET  /  HTTP/1.1", "Host: a"]),
  "HTTP/0.9": "GET /\r\n\r\n",
  "an unknown major version": message(["GET / HTTP/2.0", "Host: a"]),
  "a bare LF or CR before the request line": `\n\r${message(["GET / HTTP/1.1", "Host: a"])}`,
  "a target with a fragment": message(["GET /a#b HTTP/1.1", "Host: a"]),
  "a transfer coding before chunked": post(["Transfer-Encoding: identity, chunked"], "0\r\n\r\n"),
  "an empty member before chunked": post(["Transfer-Encoding: , chunked"], "0\r\n\r\n"),
  "Transfer-Encoding in HTTP/1.0": message(["POST / HTTP/1.0", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
  "a chunk size of many digits": post(["Transfer-Encoding: chunked"], `${"0".repeat(40)}1\r\nx\r\n0\r\n\r\n`),
};

describe("what Node's own parser lets through is refused", () => {
  for (const [name, text] of Object.entries(classes)) {
    it(name, async () => {
      const view = feedToNode();
      view.feed(latin1(text));
      for (let turn = 0; turn < 5; turn++) await turnOfTheLoop();
      expect({ requests: view.fingerprints.length, error: view.error() }).toEqual({ requests: 1, error: "" });

      await onStage({}, async ({ connect, upstream }) => {
        const client = await connect();
        client.send(text);
        await client.left();
        expect(client.reading().responses.map(({ status }) => Math.floor(status / 100))).not.toContain(2);
        expect(client.reading().responses).toHaveLength(1);
        expect(upstream.requests).toHaveLength(0);
      });
    });
  }
});
