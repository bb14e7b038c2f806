/** What the scripts say on the terminal: plain lines, coloured only for a person. */
import process from "node:process";

const isColoured = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code) => (text) => (isColoured ? `\u001b[${code}m${text}\u001b[0m` : text);

/** Text in bold, green, red, yellow or grey when a terminal reads it, else unchanged. */
export const bold = paint("1");
export const green = paint("32");
export const red = paint("31");
export const yellow = paint("33");
export const grey = paint("90");

/** One line of progress. */
export const say = (text) => console.log(text);

/** Something went wrong that does not end the run. */
export const warn = (text) => console.error(yellow(text));

/** Whole seconds and tenths, as in `12.3 s`. */
export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
