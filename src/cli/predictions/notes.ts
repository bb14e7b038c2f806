import { recordSchema } from "../../prediction-log/prediction-record.ts";
import { formatCounted } from "../../text/number-text.ts";
import { printable } from "../../text/printable.ts";

/** What was odd about a log while it was read: told at the end, in a line each. */
export class ReadingNotes {
  /** Lines that are no records. */
  malformedLines = 0;
  /** Last lines without an end: of a process that crashed while it wrote, or that is writing. */
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

  /** Something that passed by itself. */
  trouble(problem: string): void {
    this.#troubles++;
    this.#lastTrouble = problem;
  }

  /** Lines for standard error; empty when there was nothing. */
  text(): string {
    const lines: string[] = [];
    if (this.#firstNewer !== "") {
      lines.push(
        `there are records of a newer version than this program's (schema ${recordSchema}), first ${this.#firstNewer}: they are shown as far as they are understood`,
      );
    }
    if (this.malformedLines > 0) {
      lines.push(`${formatCounted(this.malformedLines, "line")} left out, first ${this.#firstMalformed}`);
    }
    if (this.tornLines > 0) {
      const lost = formatCounted(this.tornLines, "unfinished line");
      lines.push(`${lost} left out, at the end of a file: a process crashed, or is writing`);
    }
    if (this.#troubles > 0) {
      lines.push(
        `${formatCounted(this.#troubles, "time")} without an answer while following, last: ${this.#lastTrouble}`,
      );
    }
    return lines.map((line) => `outrider: ${printable(line)}\n`).join("");
  }
}
