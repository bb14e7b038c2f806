/** The response to `GET /hdr`: HDR histograms in the wire format that every HdrHistogram library reads and merges. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";
import { encodeHdr, hdrCompressedCookie } from "../metrics/requests/hdr-encoding.ts";
import type { LatencyHdr } from "../metrics/requests/latency-hdr.ts";
import type { RequestMetrics } from "../metrics/requests/request-metrics.ts";

/** One histogram of {@link HdrReport}. */
export interface EncodedHistogram {
  /** The metric that counts the same values in buckets. */
  readonly metric: "outrider_request_duration_seconds" | "outrider_stream_duration_seconds";
  readonly labels: { readonly model: string; readonly version: string; readonly variant: string };
  readonly count: number;
  /** HdrHistogram V2, compressed, in base64; values are microseconds. */
  readonly encoded: string;
}

/** All HDR histograms since the start of the process. */
export interface HdrReport {
  readonly unit: "microseconds";
  readonly encoding: "HdrHistogram V2 compressed, base64";
  readonly histograms: readonly EncodedHistogram[];
}

/** Encodes every histogram, one an event-loop turn (0.1 ms each; compression runs on the thread pool). */
export async function hdrReport(requests: RequestMetrics): Promise<HdrReport> {
  const histograms: EncodedHistogram[] = [];
  for (const set of requests.labelSets) {
    const { model, version, variant } = set;
    const labels = { model, version, variant };
    for (const [metric, histogram] of [
      ["outrider_request_duration_seconds", set.duration],
      ["outrider_stream_duration_seconds", set.stream],
    ] as const) {
      if (histogram?.hdr === undefined) continue;
      const count = histogram.hdr.totalCount;
      histograms.push({ metric, labels, count, encoded: await compress(histogram.hdr) });
      await nextTurn();
    }
  }
  return { unit: "microseconds", encoding: "HdrHistogram V2 compressed, base64", histograms };
}

async function compress(hdr: LatencyHdr): Promise<string> {
  // Loaded on demand: zlib costs 2 MB of resident memory, and the report is rarely requested.
  const { deflate } = await import("node:zlib");
  const body = await promisify(deflate)(encodeHdr(hdr));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(hdrCompressedCookie);
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]).toString("base64");
}
