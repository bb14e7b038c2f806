import type { WireErrorCode } from "../errors/wire-errors.ts";
import type { Protocol } from "./protocol.ts";

/** An error that Outrider itself answers with. */
export interface RenderableError {
  readonly code: WireErrorCode;
  /** HTTP status of the answer, 400 to 599. */
  readonly status: number;
  /** One line for the client; must not repeat what it sent. */
  readonly message: string;
}

/** The body of an error answer. */
export interface RenderedError {
  readonly contentType: string;
  /** ASCII or UTF-8 text; its length in bytes is the Content-Length. */
  readonly body: string;
}

type Shape = (error: RenderableError) => string;

/** Renders an error as the model server itself would, so that clients need not know that something stands before it. */
export function renderError(protocol: Protocol, error: RenderableError): RenderedError {
  return { contentType: "application/json", body: shapes[protocol](error) };
}

const errorOnly: Shape = ({ message }) => JSON.stringify({ error: message });

const shapes: Readonly<Record<Protocol, Shape>> = {
  mlflow: ({ status, message }) => JSON.stringify({ error_code: nameOf(mlflowCodes, status), message }),
  "tensorflow-serving": errorOnly,
  // TorchServe indents its errors and ends them with a line feed.
  torchserve: ({ status, message }) =>
    `${JSON.stringify({ code: status, type: nameOf(torchserveTypes, status), message }, undefined, 2)}\n`,
  "kserve-v1": errorOnly,
  "kserve-v2": errorOnly,
  bentoml: errorOnly,
  openai: ({ status, message }) =>
    JSON.stringify({ error: { message, type: nameOf(openaiTypes, status), param: null, code: status } }),
  generic: ({ code, message }) => JSON.stringify({ error: message, code }),
};

/** Names by status; 400 and 500 stand for the rest of their class. */
type NamesByStatus = Readonly<Record<number, string>> & { readonly 400: string; readonly 500: string };

function nameOf(names: NamesByStatus, status: number): string {
  return names[status] ?? (status < 500 ? names[400] : names[500]);
}

const mlflowCodes: NamesByStatus = {
  400: "BAD_REQUEST",
  403: "PERMISSION_DENIED",
  404: "ENDPOINT_NOT_FOUND",
  429: "REQUEST_LIMIT_EXCEEDED",
  500: "INTERNAL_ERROR",
  501: "NOT_IMPLEMENTED",
  503: "TEMPORARILY_UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};

const torchserveTypes: NamesByStatus = {
  400: "BadRequestException",
  403: "ForbiddenException",
  404: "ResourceNotFoundException",
  405: "MethodNotAllowedException",
  408: "RequestTimeoutException",
  413: "RequestEntityTooLargeException",
  429: "TooManyRequestsException",
  500: "InternalServerException",
  501: "NotImplementedException",
  502: "BadGatewayException",
  503: "ServiceUnavailableException",
  504: "GatewayTimeoutException",
};

const openaiTypes: NamesByStatus = {
  400: "BadRequestError",
  403: "PermissionDeniedError",
  404: "NotFoundError",
  405: "MethodNotAllowedError",
  408: "RequestTimeoutError",
  429: "RateLimitError",
  500: "InternalServerError",
  501: "NotImplementedError",
  502: "BadGatewayError",
  503: "ServiceUnavailableError",
  504: "GatewayTimeoutError",
};
