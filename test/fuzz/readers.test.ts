import { describe, expect, it } from "vitest";
import { createReader } from "../support/create-reader.ts";
import type {
  BodyReader,
  Cell,
  DecodedBody,
  FeatureTable,
  Predictions,
  ReaderLimits,
  RequestContent,
  ResponseContent,
} from "../../src/payload/body-content.ts";
import { unreadReasons } from "../../src/payload/body-content.ts";
import { mutateBytes } from "./mutate-bytes.ts";
import { SeededRandom } from "./random.ts";
import { readerSeeds, type ReaderSeeds } from "./reader-seeds.ts";

/** The seed of this run; set OUTRIDER_FUZZ_SEED to repeat one. */
const seed = Number(process.env["OUTRIDER_FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const wantedInputs = Number(process.env["OUTRIDER_FUZZ_INPUTS"] ?? 100_000);
/** The run ends after this time in any case; that it had too few inputs by then is an error in CI only. */
const maxMs = Number(process.env["OUTRIDER_FUZZ_MS"] ?? 240_000);

/** Small, so that bodies of a few hundred bytes reach every one of them. */
const limits: ReaderLimits = { columns: 8, rows: 16, depth: 12 };
/** Padding makes no body larger than this. */
const maxCells = limits.columns * limits.rows;

interface Tally {
  inputs: number;
  read: number;
  readonly findings: string[];
}

describe("fuzz of the readers", () => {
  it(`reads any bytes without a throw and within its bounds (seed ${seed})`, () => {
    const random = new SeededRandom(seed);
    const tally: Tally = { inputs: 0, read: 0, findings: [] };
    const readers = readerSeeds.map((seeds) => ({ seeds, reader: readerOf(seeds) }));
    const deadline = performance.now() + maxMs / 4;
    while (tally.inputs < wantedInputs && tally.findings.length < 10 && performance.now() < deadline) {
      const { seeds, reader } = random.pick(readers);
      const isRequest = random.below(2) === 0;
      const bytes = mutateBytes(bytesOf(random.pick(isRequest ? seeds.requests : seeds.responses)), random);
      check({ seeds, reader, isRequest, bytes }, tally);
    }
    process.stdout.write(`fuzz: seed ${seed}, ${tally.inputs} bodies, ${tally.read} read\n`);
    expect(tally.findings, `seed ${seed}`).toEqual([]);
    if (process.env["CI"] === "true") expect(tally.inputs).toBeGreaterThanOrEqual(wantedInputs);
    expect(tally.read).toBeGreaterThan(tally.inputs / 50);
  });

  it("reads every body that the others are made of", () => {
    for (const seeds of readerSeeds) {
      const reader = readerOf(seeds);
      for (const body of seeds.requests)
        expect(reader.readRequest(bodyOf(seeds, bytesOf(body))).kind, printable(body)).toBe("read");
      for (const body of seeds.responses) {
        const response = { ...bodyOf(seeds, bytesOf(body)), contentType: seeds.responseType ?? "application/json" };
        expect(reader.readResponse(response).kind, printable(body)).toBe("read");
      }
    }
  });
});

interface Input {
  readonly seeds: ReaderSeeds;
  readonly reader: BodyReader;
  readonly isRequest: boolean;
  readonly bytes: Uint8Array;
}

function check({ seeds, reader, isRequest, bytes }: Input, tally: Tally): void {
  tally.inputs += 1;
  const body = bodyOf(seeds, bytes);
  try {
    const response = { ...body, contentType: seeds.responseType ?? "application/json" };
    const result = isRequest ? reader.readRequest(body) : reader.readResponse(response);
    if (result.kind === "read") tally.read += 1;
    else if (!unreadReasons.includes(result.reason)) throw new Error(`unknown reason ${result.reason}`);
    const problems = result.kind === "unread" ? [] : problemsOf(result.value);
    for (const problem of problems) report(problem);
  } catch (error) {
    report(String(error));
  }

  function report(problem: string): void {
    const side = isRequest ? "request" : "response";
    tally.findings.push(`${problem}: ${seeds.protocol} ${side} ${printable(bytes)}`);
  }
}

function problemsOf(reading: RequestContent | ResponseContent): string[] {
  const problems: string[] = [];
  if (typeof reading.model !== "string" || typeof reading.version !== "string") problems.push("a name is not text");
  if (!reading.ids.every((id) => typeof id === "string" && id.length <= 256))
    problems.push("an identity is not a short text");
  if (reading.ids.length > limits.rows) problems.push("there are more identities than rows");
  if ("features" in reading && reading.features) problems.push(...problemsOfTable(reading.features));
  if ("predictions" in reading && reading.predictions) problems.push(...problemsOfPredictions(reading.predictions));
  return problems;
}

function problemsOfTable({ columns, rowCount, cells }: FeatureTable): string[] {
  const problems: string[] = [];
  if (rowCount * columns.names.length !== cells.length) problems.push("the table is not a rectangle");
  if (cells.length > maxCells) problems.push("the table is too large");
  if (!columns.names.every((name) => typeof name === "string")) problems.push("a column's name is not text");
  if (!Array.from(cells).every(isCell)) problems.push("a cell has a wrong type");
  return problems;
}

function problemsOfPredictions({ rowCount, values, classes, probabilities, confidences }: Predictions): string[] {
  const problems: string[] = [];
  if (values.length !== rowCount || rowCount > limits.rows) problems.push("there is not a value a row");
  if (!Array.from(values).every(isCell)) problems.push("a value has a wrong type");
  if (probabilities.length !== rowCount * classes.length) problems.push("the probabilities are not a rectangle");
  if (confidences.length !== 0 && confidences.length !== rowCount) problems.push("there is not a confidence a row");
  const ratios = [...Array.from(probabilities), ...Array.from(confidences)];
  if (!ratios.every((ratio) => ratio >= 0 && ratio <= 1)) problems.push("a probability is none");
  return problems;
}

function isCell(cell: Cell): boolean {
  const isShortText = typeof cell === "string" && cell.length <= 256;
  return isShortText || cell === null || ["number", "boolean", "bigint", "undefined"].includes(typeof cell);
}

function readerOf({ protocol }: ReaderSeeds): BodyReader {
  return createReader(protocol, { limits });
}

function bodyOf({ contentType, target }: ReaderSeeds, bytes: Uint8Array): DecodedBody {
  return { bytes, contentType, target };
}

function bytesOf(body: string | Uint8Array): Uint8Array {
  return typeof body === "string" ? Buffer.from(body) : body;
}

function printable(body: string | Uint8Array): string {
  return typeof body === "string" ? body : JSON.stringify(Buffer.from(body).toString("latin1"));
}
