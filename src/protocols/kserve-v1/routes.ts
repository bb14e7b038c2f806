import { openInferenceClosedRows, openInferenceRows } from "../kserve-v2/routes.ts";
import type { ListedRoutes } from "../../routing/server-routes.ts";

/**
 * Paths of KServe's own server and others that support its V1 protocol. KServe's server supports V1, V2 and an
 * OpenAI-compatible form on one port, so all three are open here; model loading is not.
 */
export const kserveV1Routes: ListedRoutes = {
  kind: "listed",
  open: [
    { methods: ["POST"], pattern: "/v1/models/{model}:predict", kind: "inference", doc: "Predicts." },
    { methods: ["POST"], pattern: "/v1/models/{model}:explain", kind: "inference", doc: "Explains." },
    { methods: ["GET"], pattern: "/v1/models/{model}", kind: "health", doc: "Readiness of a model." },
    { methods: ["GET"], pattern: "/v1/models", kind: "metadata", doc: "Names of the models." },
    { methods: ["GET"], pattern: "/", kind: "health", doc: "Alive when the server runs." },
    ...openInferenceRows,
    { methods: ["POST"], pattern: "/openai/v1/chat/completions", kind: "inference", doc: "Chat, in OpenAI's form." },
    { methods: ["POST"], pattern: "/openai/v1/completions", kind: "inference", doc: "Completion, in OpenAI's form." },
    { methods: ["POST"], pattern: "/openai/v1/embeddings", kind: "inference", doc: "Embeddings, in OpenAI's form." },
    { methods: ["POST"], pattern: "/openai/v1/rerank", kind: "inference", doc: "Ranks documents." },
    { methods: ["GET"], pattern: "/openai/v1/models", kind: "metadata", doc: "Names of the models, in OpenAI's form." },
  ],
  closed: [
    ...openInferenceClosedRows,
    { methods: [], pattern: "/docs/**", doc: "shows generated documentation" },
    { methods: [], pattern: "/openapi.json", doc: "shows generated documentation" },
  ],
  ignoreCase: false,
  colonEndsNames: true,
  hasPreflight: false,
};
