/** What can be wrong with the bytes of a message; the names are the error codes that clients see. */
export const faults = [
  "request_line_malformed",
  "version_unsupported",
  "target_malformed",
  "target_too_long",
  "connect_refused",
  "host_missing",
  "host_repeated",
  "host_malformed",
  "header_name_malformed",
  "header_value_malformed",
  "header_folded",
  "line_end_malformed",
  "head_too_large",
  "too_many_headers",
  "content_length_malformed",
  "content_length_conflict",
  "framing_conflict",
  "transfer_encoding_malformed",
  "transfer_encoding_unsupported",
  "chunk_malformed",
  "chunk_extension_too_long",
  "trailer_malformed",
  "trailers_too_large",
] as const;

/** See {@link faults}. */
export type Fault = (typeof faults)[number];
