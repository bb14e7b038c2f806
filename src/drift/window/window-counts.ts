/** What one window has counted, or several that were added up. */
import { effectiveSampleSize } from "../../stats/cell-counts.ts";
import { addVector, groupOffset, noteNames, sumNames, type CellLayout, type TargetKind } from "./cell-layout.ts";
import { NameCollector } from "./seen-names.ts";

/** A vector of the layout and the names that were met. */
export interface WindowCounts {
  readonly vector: Float64Array;
  readonly names: NameCollector;
}

/** Requests and rows that a group has counted. */
export interface GroupSize {
  readonly requests: number;
  /** Σr over the requests. */
  readonly rows: number;
  /** (Σr)²/Σr²: rows of one request resemble each other, so they count as fewer independent rows. */
  readonly effective: number;
}

/** One tumbling window that is over: `[windowIndex × windowMs, (windowIndex + 1) × windowMs)`. */
export interface ClosedWindow {
  readonly windowMs: number;
  readonly windowIndex: number;
  readonly counts: WindowCounts;
}

/** A window in which nothing is counted yet. */
export function emptyWindow(layout: CellLayout): WindowCounts {
  return { vector: new Float64Array(layout.length), names: new NameCollector() };
}

/** Counts a request with `rows` rows for a group. */
export function addRequest(layout: CellLayout, group: TargetKind, rows: number, vector: Float64Array): void {
  const at = groupOffset(layout, group);
  vector[at]! += 1;
  vector[at + 1]! += rows;
  vector[at + 2]! += rows * rows;
}

/** Size of a group; all 0 for an empty vector. */
export function groupSize(layout: CellLayout, group: TargetKind, vector: Float64Array): GroupSize {
  const at = groupOffset(layout, group);
  const rows = vector[at + 1] ?? 0;
  return { requests: vector[at] ?? 0, rows, effective: effectiveSampleSize(rows, vector[at + 2] ?? 0) };
}

/** The sum of two windows of one layout; neither is changed. */
export function mergedWindow(layout: CellLayout, first: WindowCounts, second: WindowCounts): WindowCounts {
  const merged = emptyWindow(layout);
  for (const { vector, names } of [first, second]) {
    addVector(merged.vector, vector);
    merged.names.add(names.names());
  }
  return merged;
}

/** Sets everything that belongs to a group to 0. */
export function clearGroup(layout: CellLayout, group: TargetKind, vector: Float64Array): void {
  copyGroup(layout, group, new Float64Array(layout.length), vector);
}

/** Copies everything that belongs to a group from one vector to another. */
export function copyGroup(layout: CellLayout, group: TargetKind, from: Float64Array, to: Float64Array): void {
  for (const { kind, offset, cells, noteOffset } of layout.targets) {
    if (kind !== group) continue;
    to.set(from.subarray(offset, offset + cells), offset);
    to.set(from.subarray(noteOffset, noteOffset + noteNames.length), noteOffset);
  }
  const at = groupOffset(layout, group);
  to.set(from.subarray(at, at + sumNames.length), at);
}
