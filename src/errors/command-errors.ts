/**
 * Every error that start-up or a command can end with, declared once. The code is the log field and the heading in
 * docs/reference/errors.md.
 */

/** One row of {@link commandErrors}. */
export interface CommandError {
  /** Exit code of the process: 1 failed, 2 wrong usage or configuration. */
  readonly exitCode: 1 | 2;
  readonly meaning: string;
  readonly remedy: string;
}

const commandRows = {
  usage: { exitCode: 2, meaning: "The command line is wrong.", remedy: "See `outrider help`." },
  config_invalid: {
    exitCode: 2,
    meaning: "The configuration has mistakes; all of them are listed with their place.",
    remedy: "Correct them; `outrider check` tells when it is right.",
  },
  file_unreadable: {
    exitCode: 2,
    meaning: "A file that was named cannot be read.",
    remedy: "Check its path and permissions.",
  },
  port_in_use: {
    exitCode: 1,
    meaning: "Another process listens on the address.",
    remedy: "Choose another with `--listen` or `--admin`, or port 0 for any free one.",
  },
  permission_denied: {
    exitCode: 1,
    meaning: "The system refuses the address or file to this user.",
    remedy: "Use a port above 1023, or give the process the right.",
  },
  address_unavailable: {
    exitCode: 1,
    meaning: "The address does not belong to this machine.",
    remedy: "Use an address of this machine, 0.0.0.0 or [::].",
  },
  admin_unreachable: {
    exitCode: 1,
    meaning: "No running sidecar answered on the admin address.",
    remedy: "Name it with `--admin`, as the sidecar prints it at start.",
  },
  admin_refused: {
    exitCode: 1,
    meaning: "The running sidecar refused the call.",
    remedy: "Call it from loopback or give the token file with `--token-file`.",
  },
  drain_incomplete: {
    exitCode: 1,
    meaning: "Requests were still in flight when the time given was over.",
    remedy: "Raise `--max` and the pod's terminationGracePeriodSeconds.",
  },
  file_unwritable: {
    exitCode: 1,
    meaning: "A file that was named cannot be written.",
    remedy: "Check that its folder exists, its permissions and the space on the disk.",
  },
  dataset_malformed: {
    exitCode: 2,
    meaning: "A data set is not what its format says; the message names the file and the line.",
    remedy: "Correct the file, or name its format with `--format`.",
  },
  dataset_changed: {
    exitCode: 1,
    meaning: "A data set was changed while it was read.",
    remedy: "Build the baseline from a copy that nobody writes to.",
  },
  loki_unanswered: {
    exitCode: 1,
    meaning: "Loki gave no lines of the log of predictions; the message says why.",
    remedy: "The section `loki` of the configuration says where it is and who asks: see docs/reference/config.md.",
  },
  baseline_invalid: {
    exitCode: 2,
    meaning: "A file is no baseline, or one of another format version; the first mistakes are listed with their place.",
    remedy:
      "Build it again with `outrider baseline build` of this version; docs/reference/baseline.schema.json describes the format.",
  },
} as const;

/** Code of a start-up or command error. */
export type CommandErrorCode = keyof typeof commandRows;

/** Errors of start-up and of commands, by code. */
export const commandErrors: Readonly<Record<CommandErrorCode, CommandError>> = commandRows;
