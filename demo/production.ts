import type { Display } from "./show/display.ts";
import type { DemoOptions } from "./options.ts";
import type { Stage } from "./processes/stage.ts";

/** What the parts of a run of the demonstration share. */
export interface Production {
  readonly stage: Stage;
  readonly options: DemoOptions;
  readonly display: Display;
  /** For files that go when the run is over. */
  readonly folder: string;
}
