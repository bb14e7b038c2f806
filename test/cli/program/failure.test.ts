import { describe, expect, it } from "vitest";

import { failureReport } from "../../../src/cli/program/failure.ts";
import { commandErrors, type CommandErrorCode } from "../../../src/errors/command-errors.ts";
import { OutriderError } from "../../../src/errors/outrider-error.ts";

describe("the report of a failure", () => {
  it.each(Object.keys(commandErrors) as CommandErrorCode[])(
    "for %s has message, code, remedy and exit code",
    (code) => {
      const { text, exitCode } = failureReport(new OutriderError(code, "what happened"));
      expect(text).toBe(`outrider: what happened (${code})\n${commandErrors[code].remedy}\n`);
      expect(exitCode).toBe(commandErrors[code].exitCode);
    },
  );

  it.each([
    ["EADDRINUSE", "port_in_use"],
    ["EACCES", "permission_denied"],
    ["EADDRNOTAVAIL", "address_unavailable"],
  ])("knows the system's %s", (code, known) => {
    expect(failureReport(Object.assign(new Error("listen"), { code })).text).toContain(`(${known})`);
  });

  it("shows the stack of an unexpected error", () => {
    const { text, exitCode } = failureReport(new RangeError("oops"));
    expect(text).toContain("RangeError: oops");
    expect(text).toContain("failure.test.ts");
    expect(exitCode).toBe(1);
    expect(failureReport("thrown text").text).toContain("thrown text");
  });
});
