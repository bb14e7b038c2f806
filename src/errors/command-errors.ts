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
    meaning: "The configuration has mistakes. All of them are listed, each with its place.",
    remedy: "Fix them; `outrider check` reports when the configuration is valid.",
  },
  file_unreadable: {
    exitCode: 2,
    meaning: "A file cannot be read.",
    remedy: "Check its path and permissions.",
  },
  port_in_use: {
    exitCode: 1,
    meaning: "Another process is listening on the address.",
    remedy: "Choose another address with `--listen` or `--admin`, or port 0 for any free port.",
  },
  permission_denied: {
    exitCode: 1,
    meaning: "This user may not use the address or file.",
    remedy: "Use a port above 1023, or grant the permission.",
  },
  address_unavailable: {
    exitCode: 1,
    meaning: "The address does not belong to this machine.",
    remedy: "Use an address of this machine, 0.0.0.0 or [::].",
  },
  admin_unreachable: {
    exitCode: 1,
    meaning: "No running sidecar answered on the admin address.",
    remedy: "Set the address with `--admin`; the sidecar logs it at start.",
  },
  admin_refused: {
    exitCode: 1,
    meaning: "The running sidecar refused the call.",
    remedy: "Call it from loopback, or pass the admin token with `--token-file`.",
  },
  drain_incomplete: {
    exitCode: 1,
    meaning: "Requests were still in flight when the time was over.",
    remedy: "Raise `--max` and terminationGracePeriodSeconds of the pod.",
  },
  file_unwritable: {
    exitCode: 1,
    meaning: "A file cannot be written.",
    remedy: "Check that its folder exists, its permissions, and the free disk space.",
  },
  dataset_malformed: {
    exitCode: 2,
    meaning: "A data set does not match its format. The message names the file and the line.",
    remedy: "Fix the file, or set its format with `--format`.",
  },
  dataset_changed: {
    exitCode: 1,
    meaning: "A data set changed while it was being read.",
    remedy: "Build the baseline from a copy that does not change.",
  },
  loki_unanswered: {
    exitCode: 1,
    meaning: "The prediction log could not be read from Loki. The message says why.",
    remedy: "Check the `loki` section of the configuration (address, tenant, token): see docs/reference/config.md.",
  },
  baseline_invalid: {
    exitCode: 2,
    meaning:
      "The file is not a baseline, or has another format version. The first mistakes are listed, each with its place.",
    remedy:
      "Build it again with `outrider baseline build` of this version. The format is in docs/reference/baseline.schema.json.",
  },
} as const;

/** Code of a start-up or command error. */
export type CommandErrorCode = keyof typeof commandRows;

/** Errors of start-up and of commands, by code. */
export const commandErrors: Readonly<Record<CommandErrorCode, CommandError>> = commandRows;
