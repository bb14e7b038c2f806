import { type ErrorRenderer, jsonError, nameOfStatus, type NamesByStatus } from "../error-body.ts";

/** TorchServe names its own exception; it indents its errors and ends them with a line feed. */
export const renderTorchserveError: ErrorRenderer = ({ status, message }) =>
  jsonError(`${JSON.stringify({ code: status, type: nameOfStatus(exceptions, status), message }, undefined, 2)}\n`);

const exceptions: NamesByStatus = {
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
