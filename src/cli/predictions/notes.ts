import { recordSchema } from "../../prediction-log/prediction-record.ts";
import { formatCounted } from "../../text/number-text.ts";
import { printable } from "../../text/printable.ts";

/** Counts problems of a log while it is read; each kind becomes one line at the end. */
export class RecordNotes {
  /** Lines that are not records. */
  malformedLines = 0;
  /** Incomplete last lines, of a process that crashed while it wrote, or that is writing. */
  tornLines = 0;
  #firstMalformed = "";
  #firstNewer = "";
  #troubles = 0;
  #lastTrouble = "";

  malformed(place: string, problem: string): void {
    if (this.malformedLines === 0) this.#firstMalformed = `${place}: ${problem}`;
    this.malformedLines++;
  }

  torn(): void {
    this.tornLines++;
  }

  newer(place: string): void {
    if (this.#firstNewer === "") this.#firstNewer = place;
  }

  /** A temporary failure while following. */
  trouble(problem: string): void {
    this.#troubles++;
    this.#lastTrouble = problem;
  }

  /** Lines for standard error; empty without problems. */
  text(): string {
    const lines: string[] = [];
    if (this.#firstNewer !== "") {
      lines.push(
        `some records have a newer schema than ${recordSchema}, first ${this.#firstNewer}: fields unknown to this version are ignored`,
      );
    }
    if (this.malformedLines > 0) {
      lines.push(`${formatCounted(this.malformedLines, "line")} skipped, first ${this.#firstMalformed}`);
    }
    if (this.tornLines > 0) {
      const lost = formatCounted(this.tornLines, "incomplete line");
      lines.push(`${lost} skipped at the end of a file: a process crashed, or is writing`);
    }
    if (this.#troubles > 0) {
      lines.push(
        `${formatCounted(this.#troubles, "time")} without an answer while following, last: ${this.#lastTrouble}`,
      );
    }
    return lines.map((line) => `outrider: ${printable(line)}\n`).join("");
  }
}
