/**
 * A process with a spool: `append DIRECTORY FIRST` appends entries from that number on until it is killed, and prints
 * the number of the last one after each append; `hold DIRECTORY` prints what opening came to, and ends with its input.
 */
import { openSpool } from "../../../src/delivery/spool/open-spool.ts";
import type { LogEntry } from "../../../src/prediction-log/log-entry.ts";

const [command, directory = "", first = "0"] = process.argv.slice(2);
const opening = await openSpool({ directory, maxBytes: 67_108_864, fsync: "interval", syncMs: 20 });
if (command === "hold") {
  process.stdout.write(
    `${JSON.stringify({ kind: opening.kind, detail: "detail" in opening ? opening.detail : "" })}\n`,
  );
  process.stdin.resume();
} else if (opening.kind === "opened") {
  for (let number = Number(first); ;) {
    const batch = Array.from({ length: 1 + (number % 7) }, () => numbered(number++));
    const losses = await opening.spool.append(batch);
    if (losses.size > 0) throw new Error(`lost ${JSON.stringify([...losses])}`);
    // What is still to be printed would be unknown to the reader although it is on the disk.
    await new Promise((resolve) => process.stdout.write(`${number - 1}\n`, resolve));
  }
} else {
  throw new Error(opening.detail);
}

function numbered(number: number): LogEntry {
  const timeNs = String(number);
  const line = JSON.stringify({ n: number, text: "x".repeat(number % 900) });
  return { timeNs, stream: "{}", metadata: "", line, bytes: 128 + 2 + timeNs.length + line.length };
}
