import type { Config } from "../../config/table/table.ts";
import { detectProtocol, detectionRequests } from "../../protocols/detection.ts";
import type { ProbeAnswer } from "../../protocols/probe-answer.ts";
import { definitions, fallbackProtocol, type Protocol } from "../../protocols/list.ts";
import type { ReplayClient } from "./client.ts";
import type { BodyReader } from "../../payload/body-content.ts";

/** Deeper than any real response, and far from a stack overflow. */
const maxJsonDepth = 64;

/** Detects the protocol of a server with the same probes as the sidecar; the fallback when none matches. */
export async function askedProtocol(client: ReplayClient, signal: AbortSignal): Promise<Protocol> {
  const answers: ProbeAnswer[] = [];
  for (const question of detectionRequests) {
    if (question.kind !== "http") continue;
    const { method, path } = question;
    const answer = await client.send({ method, path, headers: {}, body: new Uint8Array() }, signal);
    answers.push(
      answer.kind === "failed"
        ? answer
        : {
            kind: "http",
            status: answer.status,
            contentType: answer.contentType.toLowerCase(),
            body: answer.body.toString(),
          },
    );
    if (answer.kind === "failed") break;
  }
  const detection = detectProtocol(answers);
  return detection.kind === "detected" ? detection.protocol : fallbackProtocol;
}

/** The reader of responses, with the configured JSON paths: those of the sidecar that wrote the log. */
export async function answerReader(protocol: Protocol, { inference, reading }: Config): Promise<BodyReader> {
  const { prediction, score } = inference;
  const createReader = await definitions[protocol].loadReader();
  return createReader({
    limits: { columns: reading.maxColumns, rows: reading.maxRows, depth: maxJsonDepth },
    prediction,
    score,
  });
}
