import type { PrivateRow, ListedRoutes } from "../../routing/server-routes.ts";

const control = (pattern: string, doc: string): PrivateRow => ({ methods: [], pattern, doc });
const developer = "is a developer's switch";
const twin = "does the same as the path under /v1 without asking for the API key";

/**
 * Paths of vLLM and other OpenAI-compatible servers. The model is named in the body, not in the path. Control paths
 * share the port with inference, and the API key guards only some prefixes, hence the long closed list.
 */
export const openaiRoutes: ListedRoutes = {
  kind: "listed",
  open: [
    {
      methods: ["POST"],
      pattern: "/v1/chat/completions",
      kind: "inference",
      doc: "Chat; streams when the body asks for it.",
    },
    {
      methods: ["POST"],
      pattern: "/v1/completions",
      kind: "inference",
      doc: "Completion; streams when the body asks for it.",
    },
    {
      methods: ["POST"],
      pattern: "/v1/responses",
      kind: "inference",
      doc: "Responses; streams when the body asks for it.",
    },
    { methods: ["POST"], pattern: "/v1/messages", kind: "inference", doc: "Messages, in Anthropic's form." },
    { methods: ["POST"], pattern: "/v1/embeddings", kind: "inference", doc: "Embeddings." },
    { methods: ["POST"], pattern: "/v1/audio/*", kind: "inference", doc: "Transcription, translation and speech." },
    { methods: ["POST"], pattern: "/v1/score", kind: "inference", doc: "Scores pairs of texts." },
    { methods: ["POST"], pattern: "/v1/rerank", kind: "inference", doc: "Ranks documents." },
    { methods: ["POST"], pattern: "/v2/embed", kind: "inference", doc: "Embeddings, in Cohere's form." },
    { methods: ["POST"], pattern: "/v2/rerank", kind: "inference", doc: "Ranks documents, in Cohere's form." },
    { methods: ["GET"], pattern: "/v1/models", kind: "metadata", doc: "Names of the models." },
    { methods: ["GET"], pattern: "/v1/models/{model}", kind: "metadata", doc: "One model." },
    { methods: ["GET"], pattern: "/health", kind: "health", doc: "200 when the engine runs, else 503." },
    { methods: ["GET"], pattern: "/ping", kind: "health", doc: "The same as `/health`." },
  ],
  closed: [
    control("/invocations", twin),
    control("/inference/**", "generates without the checks of the public paths"),
    control("/score", twin),
    control("/rerank", twin),
    control("/v1/load_lora_adapter", "loads an adapter from a path of the caller's choosing"),
    control("/v1/unload_lora_adapter", "unloads an adapter"),
    control("/pause", "stops generation"),
    control("/resume", "resumes generation"),
    control("/is_paused", "shows whether generation is stopped"),
    control("/scale_elastic_ep", "changes the number of workers"),
    control("/is_scaling_elastic_ep", "shows whether the number of workers changes"),
    control("/init_weight_transfer_engine", "prepares replacing the weights"),
    control("/update_weights", "replaces the weights"),
    control("/abort_requests", "ends other clients' requests"),
    control("/start_profile", "starts profiling"),
    control("/stop_profile", "stops profiling"),
    control("/tokenize", "shows the tokenizer's work without limits"),
    control("/detokenize", "shows the tokenizer's work without limits"),
    control("/tokenizer_info", "shows the tokenizer's configuration"),
    control("/load", "shows the server's load"),
    control("/version", "shows the server's version"),
    control("/metrics", "shows the server's own metrics"),
    control("/collective_rpc", developer),
    control("/sleep", developer),
    control("/wake_up", developer),
    control("/is_sleeping", developer),
    control("/reset_prefix_cache", developer),
    control("/reset_mm_cache", developer),
    control("/reset_encoder_cache", developer),
    control("/server_info", developer),
    control("/docs/**", "shows generated documentation"),
    control("/openapi.json", "shows generated documentation"),
  ],
  ignoreCase: false,
  colonEndsNames: false,
  hasPreflight: true,
};
