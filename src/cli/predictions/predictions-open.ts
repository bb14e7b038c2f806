import { FileSource } from "./predictions-files.ts";
import type { ReadingNotes } from "./predictions-notes.ts";
import type { RecordPlace } from "./predictions-request.ts";
import type { RecordSource } from "./predictions-source.ts";

/** Opens the log where it is. What is odd about its lines goes to the notes. */
export async function openRecords(place: RecordPlace, notes: ReadingNotes): Promise<RecordSource> {
  if (place.kind === "files") return new FileSource({ directory: place.directory, notes });
  const { openLokiSource } = await import("./predictions-loki.ts");
  return openLokiSource(place.settings, notes);
}
