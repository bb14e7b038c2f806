/**
 * Waits until standard output has taken what was written to it: a pipe is written to in the background, so that whoever
 * writes faster than the reader reads would fill the memory, and what is left at the end would be lost.
 */
export async function outputTaken(maxBytes = 0): Promise<void> {
  const { stdout } = process;
  if (stdout.writableLength <= maxBytes) return;
  // A reader that went away ends the process elsewhere.
  await new Promise<void>((resolve) => stdout.write("", () => resolve()));
}
