import type { ListedRoutes } from "../../routing/server-routes.ts";

/**
 * Paths of BentoML services. Every API method of a service is a path of its author's choosing, so any single segment
 * is open for POST; mounted applications and paths of more segments need `routes.allow`.
 */
export const bentomlRoutes: ListedRoutes = {
  kind: "listed",
  open: [
    { methods: ["GET"], pattern: "/livez", kind: "health", doc: "200 when the service runs." },
    { methods: ["GET"], pattern: "/healthz", kind: "health", doc: "The same as `/livez`." },
    {
      methods: ["GET"],
      pattern: "/readyz",
      kind: "health",
      doc: "200 when the service and what it depends on are ready, else 503.",
    },
    {
      methods: ["GET"],
      pattern: "/schema.json",
      kind: "metadata",
      doc: "The service's methods; BentoML's own client asks for it first.",
    },
    { methods: ["POST"], pattern: "/{route}", kind: "inference", doc: "Calls an API method of the service." },
  ],
  closed: [
    { methods: [], pattern: "/metrics", doc: "shows the server's own metrics" },
    { methods: [], pattern: "/", doc: "shows the service's page for trying it out" },
    { methods: [], pattern: "/docs.json", doc: "shows generated documentation" },
    { methods: [], pattern: "/static_content/**", doc: "belongs to the service's page for trying it out" },
    { methods: [], pattern: "/assets/**", doc: "belongs to the service's page for trying it out" },
  ],
  ignoreCase: false,
  colonEndsNames: false,
  hasPreflight: true,
};
