/** How Outrider itself is started as a peer. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { nodeFlags } from "../../deploy/docker/image.mjs";
import { untilAnswered } from "../host/answers.ts";
import { freePort } from "../host/ports.ts";
import { runProgram } from "../host/program.ts";
import type { Peer, RunningPeer } from "./peer.ts";
import { startPeer } from "./start-peer.ts";

const ownBundle = fileURLToPath(new URL("../../dist/outrider.mjs", import.meta.url));

const bundleOf = ({ bundle }: OutriderVariant): string => bundle ?? ownBundle;

/** What sets one way of running Outrider apart from another. */
export interface OutriderVariant {
  readonly name: string;
  readonly title: string;
  readonly protocol: string;
  /** A path that the protocol answers without a model; left out: `/health`. */
  readonly probePath?: string;
  /** What the configuration file holds; left out: there is none, and no memory goes to reading it. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Settings given in the environment instead. */
  readonly env?: Readonly<Record<string, string>>;
  /** The bundle of another build; left out: the one in `dist`. */
  readonly bundle?: string;
}

/** A peer that is a build of Outrider, with what tells it from the others. */
export interface OutriderPeer extends Peer {
  readonly variant: OutriderVariant;
}

/** The same way of running another build, `name` and `title` with "before". Measured in the same rounds. */
export function peerOfBuild({ variant }: OutriderPeer, bundle: string): OutriderPeer {
  return outriderPeer({ ...variant, name: `${variant.name}-before`, title: `${variant.title}, before`, bundle });
}

/** A peer that is a built bundle with the given settings. */
export function outriderPeer(variant: OutriderVariant): OutriderPeer {
  const bundle = bundleOf(variant);
  return {
    variant,
    name: variant.name,
    title: variant.title,
    isCostly: false,
    isOutrider: true,
    isAvailable: () => existsSync(bundle),
    remedy: "Run `npm run build`.",
    version: async () => {
      const described = await runProgram({ command: process.execPath, args: [bundle, "version"] });
      return /\d+\.\d+\.\d+\S*/.exec(described)?.[0] ?? "unknown";
    },
    start: (upstreamPort) => startOutrider(variant, upstreamPort),
  };
}

async function startOutrider(variant: OutriderVariant, upstreamPort: number): Promise<RunningPeer> {
  const adminPort = await freePort();
  let readyMs = 0;
  const running = await startPeer(variant.name, upstreamPort, {
    describe: ({ port, writeFile, folder }) => ({
      command: process.execPath,
      // As the image and the file's first line start it.
      args: [...nodeFlags, bundleOf(variant), "run"].concat(
        ["--upstream", `http://127.0.0.1:${upstreamPort}`, "--protocol", variant.protocol],
        ["--listen", `127.0.0.1:${port}`, "--admin", `127.0.0.1:${adminPort}`],
        variant.config === undefined ? [] : ["--config", writeFile("outrider.yaml", JSON.stringify(variant.config))],
      ),
      // Predictions are logged to the configuration's folder.
      cwd: folder,
      env: { NODE_ENV: "production", OUTRIDER_DRAIN_MIN_MS: "0", ...variant.env },
    }),
    ...(variant.probePath === undefined ? {} : { probePath: variant.probePath }),
    // Asked side by side with the data port, so that neither time holds the other's.
    alsoAwait: async (program) => {
      readyMs = await untilAnswered(program, adminPort, "/readyz");
    },
  });
  return { ...running, admin: { port: adminPort, readyMs } };
}
