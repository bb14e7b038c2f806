/** Shared by the program of a replica and the tests that start it. */

/** Key of the replicas' counts. */
export const countedKey = "counted/by/processes";
/** Key of the document in which the leader names itself. */
export const documentKey = "who";

/** Options of the program. */
export interface FleetProgramOptions {
  readonly url: string;
  readonly flushMs: number;
  readonly windowMs: number;
  readonly windowIndex: number;
}

/** A line that the program prints. */
export type FlushReport =
  | {
      readonly kind: "publishing";
      readonly replicaId: string;
      readonly flush: number;
      readonly counts: readonly number[];
    }
  | {
      readonly kind: "acknowledged";
      readonly replicaId: string;
      readonly flush: number;
      readonly isLeader: boolean;
      readonly token: number;
    };
