/** Flags of every command that calls the admin port, and the row of the table of commands for `drain`. */
import { jsonFlag, wrongUsage, type Command, type FlagSpec } from "../program/command.ts";

/** Where the admin port is, and the token for it. */
export const adminFlags: readonly FlagSpec[] = [
  {
    name: "--admin",
    placeholder: "HOST:PORT",
    doc: "Admin address of the running sidecar. OUTRIDER_ADMIN_LISTEN sets it too.",
    default: "127.0.0.1:18090",
  },
  {
    name: "--token-file",
    placeholder: "FILE",
    doc: "File with the admin token; needed unless the call comes from loopback.",
    isFile: true,
  },
];

/** `outrider drain`: calls `/drain`, then waits with `/drain/wait`. */
export const drainCommand: Command = {
  name: "drain",
  summary: "Drain a running sidecar and wait until it is idle.",
  operands: "",
  maxOperands: 0,
  about:
    "For a preStop hook. Readiness fails at once, requests are still served but with `Connection: close`, and the command returns when no request is in flight or the time is over. Running it again does no harm.",
  takesConfig: false,
  flags: [...adminFlags, { name: "--max", placeholder: "TIME", doc: "Maximum wait.", default: "30s" }, jsonFlag],
  examples: [
    { line: "outrider drain", explains: "In the pod of the sidecar." },
    { line: "outrider drain --admin 10.0.0.7:18090 --token-file token --max 2m", explains: "From another machine." },
  ],
  exitCodes: [
    { code: 0, meaning: "No request is in flight any more." },
    {
      code: 1,
      meaning: "No sidecar answered, it refused the call, or requests were still in flight when the time was over.",
    },
    wrongUsage,
  ],
  load: async () => (await import("./drain.ts")).drain,
};
