import { type ErrorRenderer, jsonError, nameOfStatus, type NamesByStatus } from "../error-body.ts";

/** OpenAI-compatible servers wrap the error in an object that names its type. */
export const renderOpenaiError: ErrorRenderer = ({ status, message }) =>
  jsonError({ error: { message, type: nameOfStatus(types, status), param: null, code: status } });

const types: NamesByStatus = {
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
