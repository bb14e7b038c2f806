import type { FlagSpec } from "../program/command.ts";

/** The flags of every command that calls the admin port. */
export const adminFlags: readonly FlagSpec[] = [
  {
    name: "--admin",
    placeholder: "HOST:PORT",
    doc: "Admin address of the running sidecar; OUTRIDER_ADMIN_LISTEN names it too.",
    default: "127.0.0.1:18090",
  },
  {
    name: "--token-file",
    placeholder: "FILE",
    doc: "Bearer token, needed from elsewhere than loopback.",
    isFile: true,
  },
];
