/** Header lines on their own, for what is decided from lines alone. */
import { HeaderSection, Progress } from "../../../src/http1/header-section.ts";
import { bytesOf } from "./cuts.ts";
import { wideLimits } from "./head-pictures.ts";

/** A parsed section and the bytes it lies in, not at their start. */
export interface ReadSection {
  readonly headers: HeaderSection;
  readonly bytes: Buffer;
  readonly base: number;
}

/** Parses `lines` (without CRLF); throws when they are not sound. */
export function readSection(lines: readonly string[]): ReadSection {
  const text = lines.map((line) => `${line}\r\n`).join("");
  const base = 4;
  const bytes = Buffer.concat([bytesOf("5: 5"), bytesOf(`${text}\r\n`), bytesOf("9: 9")]);
  const headers = new HeaderSection(wideLimits);
  headers.reset(0);
  const progress = headers.read(bytes, base, base + text.length + 2);
  if (progress !== Progress.done) throw new Error(`${JSON.stringify(text)} was not read: ${headers.fault}`);
  return { headers, bytes, base };
}
