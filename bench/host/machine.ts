/** The machine a run was made on: figures of different machines must not be compared. */
import { cpus, loadavg, release, totalmem } from "node:os";

/** Facts of a machine. */
export interface Machine {
  readonly cores: number;
  readonly cpuModel: string;
  readonly memoryGib: number;
  readonly kernel: string;
  readonly node: string;
  /** Mean number of running processes in the minute before the run: above a tenth of the cores, it was not quiet. */
  readonly loadBefore: number;
}

/** The facts of this machine, now. */
export function describeMachine(): Machine {
  const all = cpus();
  return {
    cores: all.length,
    cpuModel: all[0]?.model.trim() ?? "unknown",
    memoryGib: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.versions.node,
    loadBefore: loadavg()[0] ?? 0,
  };
}
