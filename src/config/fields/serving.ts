/** Fields that say what is served: where to listen, which model server stands behind, and what it may be asked. */

/** Fields at the top of the file. */
export const topFields = {
  listen: {
    kind: "address",
    default: { host: "0.0.0.0", port: 18_080 },
    doc: "Where clients connect. Port 0 takes any free port; the one chosen is printed at start.",
    example: "0.0.0.0:18080",
    reload: false,
    common: true,
  },
  upstream: {
    kind: "upstream",
    default: undefined,
    doc: "The model server: its HTTP inference port or its Unix socket. Required to run; the server may start later.",
    example: "http://127.0.0.1:8080",
    reload: false,
    common: true,
  },
  protocol: {
    kind: "choice",
    of: "protocol",
    default: "auto",
    doc: "The serving protocol of the model server. `auto` asks the server until it answers; `generic` lets every path and method pass.",
    example: "mlflow",
    reload: false,
    common: true,
  },
  variant: {
    kind: "name",
    default: "stable",
    doc: "Name of this deployment of the model, the `variant` label of its metrics.",
    example: "canary",
    reload: false,
  },
} as const;

/** Fields of `model`: what the model is called when the path does not say it. */
export const modelFields = {
  name: {
    kind: "name",
    default: "",
    doc: "Name of the model for servers whose paths do not carry one (MLflow); empty leaves it out.",
    example: "breast-cancer",
    reload: false,
    common: true,
  },
  version: {
    kind: "name",
    default: "",
    doc: "Version of the model for servers whose paths do not carry one.",
    example: "3",
    reload: false,
    common: true,
  },
  digest: {
    kind: "name",
    default: "",
    doc: "Digest of the model's files, for those who must prove which bytes answered.",
    example: "sha256:9f86d081884c7d65",
    reload: false,
  },
} as const;

/** Fields of `routes`: exceptions to the serving protocol's own table of paths. */
export const routesFields = {
  allow: {
    kind: "routes",
    default: [],
    doc: "Paths let through beside the inference paths of the serving protocol; for `generic`, once given, these alone. `*` as method is any method; in a path, `*` is any part of one segment and `**` at the end is the rest.",
    example: ["GET /v1/models", "* /custom/**"],
    reload: true,
  },
  deny: {
    kind: "routes",
    default: [],
    doc: "Paths refused even where the serving protocol or `routes.allow` lets them through.",
    example: ["POST /v2/repository/**"],
    reload: true,
  },
} as const;

/** Fields of `upgrade`: connections that stop being HTTP. */
export const upgradeFields = {
  protocols: {
    kind: "tokens",
    default: ["websocket"],
    doc: "Upgrade tokens passed on to the model server; others are ignored, and none are passed when the list is empty.",
    example: ["websocket"],
    reload: false,
  },
} as const;
