/** Output of the demonstration: a terminal that is refreshed in place, plain lines, or JSON lines. */
import { introduction, liveLines, plainLine, summary } from "./show.ts";
import type { Moment, Scene } from "./show.ts";

/** One way to show what is going on. */
export interface Display {
  /** Time between two refreshes, milliseconds. */
  readonly everyMs: number;
  /** Something that a person may want to know, said once. */
  readonly say: (text: string) => void;
  introduce(scene: Scene): void;
  refresh(moment: Moment): void;
  end(moment: Moment, scene: Scene): void;
}

/** What a display needs of standard output. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
  getWindowSize?(): [number, number];
}

/** The display that suits: JSON lines when asked for (then notices go to `errors`), else what the output can do. */
export function chooseDisplay(json: boolean, output: Output, errors: Output): Display {
  if (json) {
    return jsonDisplay(output, errors);
  }
  return output.isTTY === true ? terminalDisplay(output) : plainDisplay(output);
}

const hideCursor = "\u001B[?25l";
const showCursor = "\u001B[?25h";
const clearBelow = "\u001B[J";
const up = (lines: number): string => (lines === 0 ? "" : `\u001B[${lines}A`);

/** Values that the small chart shows. */
const historyLength = 40;

function terminalDisplay(output: Output): Display {
  const history: number[] = [];
  let shownLines = 0;
  const clear = (): string => `\r${up(shownLines)}${clearBelow}`;
  return {
    everyMs: 500,
    say: (text) => {
      output.write(`${clear()}  ${text}\n`);
      shownLines = 0;
    },
    introduce: (scene) => output.write(introduction(scene)),
    refresh: (moment) => {
      history.push(moment.sidecar?.requestsPerSecond ?? 0);
      history.splice(0, history.length - historyLength);
      // Read each time: a process in a group of its own gets no signal when the window changes.
      const [columns] = output.getWindowSize?.() ?? [80];
      const lines = liveLines(moment, history, columns);
      output.write(`${hideCursor}${clear()}${lines.join("\n")}\n`);
      shownLines = lines.length;
    },
    end: (moment, scene) => output.write(`${clear()}${summary(moment, scene)}${showCursor}`),
  };
}

function plainDisplay(output: Output): Display {
  return {
    everyMs: 3_000,
    say: (text) => output.write(`  ${text}\n`),
    introduce: (scene) => output.write(introduction(scene)),
    refresh: (moment) => {
      // A line without figures would stay on the screen.
      if (moment.elapsedSeconds >= 1) {
        output.write(`  ${plainLine(moment)}\n`);
      }
    },
    end: (moment, scene) => output.write(summary(moment, scene)),
  };
}

function jsonDisplay(output: Output, errors: Output): Display {
  const line = (kind: string, value: object): unknown => output.write(`${JSON.stringify({ kind, ...value })}\n`);
  return {
    everyMs: 1_000,
    say: (text) => errors.write(`${text}\n`),
    introduce: (scene) => line("started", scene),
    refresh: (moment) => line("interval", moment),
    end: (moment) => line("ended", moment),
  };
}
