/** What the program of a replica and the tests that start it have in common. */

/** Where the replicas count. */
export const countedKey = "counted/by/processes";
/** Where the leader says who it is. */
export const documentKey = "who";

/** What the program is told. */
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
