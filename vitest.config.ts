import { defineConfig, type ViteUserConfig } from "vitest/config";

/** Enough for the longest test with real servers, a minute long, on a machine a fifth as fast. */
const slowMachineMs = 900_000;

/**
 * Four projects: `unit` (laws, known answers, real sockets; seconds), `fuzz` (time-boxed), `e2e` (real model servers;
 * minutes, one file after the other so that a busy machine does not look like a slow sidecar) and `infra` (servers that
 * are built from source; likewise).
 */
const config: ViteUserConfig = defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/fuzz/**", "test/e2e/**", "test/infra/**"],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "fuzz",
          include: ["test/fuzz/**/*.test.ts"],
          testTimeout: 900_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          testTimeout: slowMachineMs,
          hookTimeout: slowMachineMs,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: "infra",
          include: ["test/infra/**/*.test.ts"],
          testTimeout: slowMachineMs,
          hookTimeout: slowMachineMs,
          fileParallelism: false,
        },
      },
    ],
  },
});

export default config;
