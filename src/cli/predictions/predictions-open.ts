import { FileSource } from "./file-source.ts";
import type { ReadingNotes } from "./notes.ts";
import type { RecordPlace } from "./request.ts";
import type { RecordSource } from "./source.ts";

/** Opens the log where it is. What is odd about its lines goes to the notes. */
export async function openRecords(place: RecordPlace, notes: ReadingNotes): Promise<RecordSource> {
  if (place.kind === "files") return new FileSource({ directory: place.directory, notes });
  const { openLokiSource } = await import("./loki-source.ts");
  return openLokiSource(place.settings, notes);
}
