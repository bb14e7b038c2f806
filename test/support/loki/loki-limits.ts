/** Those limits of a tenant that a stand-in for Loki knows, with the names and the notation of Loki's `limits_config`. */
export interface LokiLimits {
  readonly reject_old_samples_max_age?: string;
  readonly creation_grace_period?: string;
  readonly max_line_size?: string;
  readonly max_label_names_per_series?: number;
  readonly max_label_name_length?: number;
  readonly max_label_value_length?: number;
  readonly allow_structured_metadata?: boolean;
  readonly max_structured_metadata_size?: string;
  readonly max_structured_metadata_entries_count?: number;
  readonly max_global_streams_per_user?: number;
  readonly ingestion_rate_mb?: number;
  readonly ingestion_burst_size_mb?: number;
  readonly per_stream_rate_limit?: string;
  readonly per_stream_rate_limit_burst?: string;
  readonly max_entries_limit_per_query?: number;
  /** RFC 3339; takes nothing before. */
  readonly block_ingestion_until?: string;
  readonly block_ingestion_status_code?: number;
}

/** Loki's own, but for the rates, which are so high that only a test that lowers them meets them. */
export const usualLokiLimits: Required<LokiLimits> = {
  reject_old_samples_max_age: "1h",
  creation_grace_period: "10m",
  max_line_size: "256KB",
  max_label_names_per_series: 15,
  max_label_name_length: 1024,
  max_label_value_length: 2048,
  allow_structured_metadata: true,
  max_structured_metadata_size: "64KB",
  max_structured_metadata_entries_count: 128,
  max_global_streams_per_user: 5000,
  ingestion_rate_mb: 100,
  ingestion_burst_size_mb: 100,
  per_stream_rate_limit: "100MB",
  per_stream_rate_limit_burst: "100MB",
  max_entries_limit_per_query: 5000,
  block_ingestion_until: "1970-01-01T00:00:00Z",
  block_ingestion_status_code: 260,
};

/** Bytes of a size such as `256KB`. */
export function sizeBytes(size: string): number {
  const [, number = "", unit = ""] = /^(\d+)([KMG]?)B?$/.exec(size) ?? [];
  if (number === "") throw new Error(`${size} is not a size`);
  return Number(number) * 1024 ** " KMG".indexOf(unit || " ");
}

/** Milliseconds of a duration such as `10m`. */
export function durationMs(duration: string): number {
  const [, number = "", unit = ""] = /^(\d+)(s|m|h)$/.exec(duration) ?? [];
  const unitMs = { s: 1000, m: 60_000, h: 3_600_000 }[unit];
  if (unitMs === undefined) throw new Error(`${duration} is not a duration`);
  return Number(number) * unitMs;
}
