/** Reports of a running sidecar, for the commands that print them. */
import { OutriderError } from "../../errors/outrider-error.ts";
import { cleanName, listedNames } from "../terminal/text.ts";
import { adminCall } from "./call.ts";
import { refuseUnless, type AdminTarget } from "./target.ts";

const timeoutMs = 10_000;

/** Which report, and how its JSON becomes a value. */
export interface ReportQuestion<Report> {
  /** Path on the admin port, with its query. */
  readonly path: string;
  /** What the report is about, for the error: "drift". */
  readonly topic: string;
  readonly maxBodyLength: number;
  /** Gives `undefined` when the value is something else. */
  read(this: void, value: unknown): Report | undefined;
}

/** Gets a report. Fails with `admin_unreachable`, or with `admin_refused` when the answer is something else. */
export async function askForReport<Report>(
  { admin, token }: AdminTarget,
  { path, topic, maxBodyLength, read }: ReportQuestion<Report>,
): Promise<Report> {
  const answer = await adminCall({ admin, token, method: "GET", path, timeoutMs, maxBodyLength });
  refuseUnless(answer, [200]);
  const report = read(parsed(answer.body));
  if (report !== undefined) return report;
  throw new OutriderError("admin_refused", `the answer has no ${topic} report; is this the admin port of a sidecar?`);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The message when no model, or none of the given name, is reported; it lists the others. */
export function noModelText(wanted: string | undefined, others: readonly { readonly model: string }[]): string {
  if (wanted === undefined || others.length === 0) return "No model has been seen yet.\n";
  const names = new Set(others.map(({ model }) => (model === "" ? "(no name)" : cleanName(model))));
  return `There is no model "${cleanName(wanted)}"; the models are: ${listedNames([...names])}\n`;
}
