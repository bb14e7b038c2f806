/** A program that runs one relay in front of 127.0.0.1:<argument> and writes its port; ends when its standard input does. */
import { relayOptions, startTestRelay } from "../../support/start-relay.ts";

const upstreamPort = Number(process.argv[2]);
const relay = await startTestRelay(
  relayOptions({ kind: "tcp", host: "127.0.0.1", port: upstreamPort }, { limits: { bodyBytes: 0 } }),
);
process.stdout.write(`${relay.address.port}\n`);
process.stdin.resume();
process.stdin.once("end", () => process.exit(0));
