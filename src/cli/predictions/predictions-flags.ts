/** Flags of the commands that read the log of predictions: where it is, and which records are wanted. */
import { outcomes } from "../../outcome.ts";
import type { FlagSpec } from "../program/command.ts";
import { configFlags } from "../config/config-flags.ts";

/** What is rare among all fields is not rare here. */
const ofConfig = (...names: readonly string[]): readonly FlagSpec[] =>
  configFlags.filter(({ name }) => names.includes(name)).map((flag) => ({ ...flag, isRare: false }));

/** Where it is. */
export const placeFlags: readonly FlagSpec[] = [
  ...ofConfig("--config"),
  {
    name: "--directory",
    placeholder: "DIR",
    doc: "Folder of the log's files (default: `predictions.directory` of the configuration).",
    isFile: true,
  },
  {
    name: "--loki",
    placeholder: "URL",
    doc: "Loki to ask instead (default: `loki.url` of the configuration, where predictions go to no files).",
  },
  ...ofConfig("--loki-tenant", "--loki-token-file"),
];

/** Which records. */
export const filterFlags: readonly FlagSpec[] = [
  { name: "--model", placeholder: "NAME", doc: "Only this model." },
  { name: "--variant", placeholder: "NAME", doc: "Only this variant." },
  {
    name: "--outcome",
    placeholder: "WORD,…",
    doc: `Only these outcomes: ${outcomes.join(", ")}.`,
  },
  { name: "--id", placeholder: "ID", doc: "Only the request, trace or label with this identity." },
  {
    name: "--since",
    placeholder: "TIME",
    doc: "From this time on: so long ago (30m, 2h, 1d) or a time (2026-11-25T12:00:00Z). Without it all there is in files, and the last hour in Loki.",
  },
  { name: "--until", placeholder: "TIME", doc: "Before this time, written the same way." },
];
