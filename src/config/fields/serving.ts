/** Fields about serving: the address to listen on, the model server, the model, and the paths that are forwarded. */

/** Fields at the top of the file. */
export const topFields = {
  listen: {
    kind: "address",
    default: "0.0.0.0:18080",
    doc: "Address that clients connect to. Port 0 takes any free port; the log line at start names it.",
    example: "0.0.0.0:18080",
    reload: false,
    common: true,
  },
  upstream: {
    kind: "upstream",
    default: undefined,
    doc: "The model server: its HTTP inference port or its Unix socket. Required to run; the server may start later than Outrider.",
    example: "http://127.0.0.1:8080",
    reload: false,
    common: true,
  },
  protocol: {
    kind: "choice",
    of: "protocol",
    default: "auto",
    doc: "The serving protocol of the model server. `auto` probes the server until it is recognised; `generic` forwards every path and method.",
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
    common: true,
  },
} as const;

/** Fields of `model`: its name, version and digest. */
export const modelFields = {
  name: {
    kind: "name",
    default: "",
    doc: "Name of the model for servers whose paths do not name one (MLflow). Empty: no name.",
    example: "breast-cancer",
    reload: false,
    common: true,
  },
  version: {
    kind: "name",
    default: "",
    doc: "Version of the model for servers whose paths do not name one.",
    example: "3",
    reload: false,
    common: true,
  },
  digest: {
    kind: "name",
    default: "",
    doc: "Digest of the model's files; it is written into every logged prediction as proof of which files answered.",
    example: "sha256:9f86d081884c7d65",
    reload: false,
  },
} as const;

/** Fields of `routes`: exceptions to the serving protocol's own table of paths. */
export const routesFields = {
  allow: {
    kind: "routes",
    default: [],
    doc: "Paths that are forwarded in addition to the inference paths of the serving protocol. With `generic`, a list that is not empty allows these paths alone. `*` as method is any method; in a path, `*` is any part of one segment and `**` at the end is the rest.",
    example: ["GET /v1/models", "* /custom/**"],
    reload: true,
    common: true,
  },
  deny: {
    kind: "routes",
    default: [],
    doc: "Paths that are refused, even if the serving protocol or `routes.allow` allows them.",
    example: ["POST /v2/repository/**"],
    reload: true,
  },
} as const;

/** Fields of `upgrade`: protocol upgrades, such as WebSocket. */
export const upgradeFields = {
  protocols: {
    kind: "tokens",
    default: ["websocket"],
    doc: "Upgrade tokens that are forwarded to the model server. Other tokens are ignored; an empty list forwards none.",
    example: ["websocket"],
    reload: false,
  },
} as const;
