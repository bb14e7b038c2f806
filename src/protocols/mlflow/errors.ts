import { type ErrorRenderer, jsonError, nameOfStatus, type NamesByStatus } from "../error-body.ts";

/** MLflow names the error in `error_code`. */
export const renderMlflowError: ErrorRenderer = ({ status, message }) =>
  jsonError({ error_code: nameOfStatus(codes, status), message });

const codes: NamesByStatus = {
  400: "BAD_REQUEST",
  403: "PERMISSION_DENIED",
  404: "ENDPOINT_NOT_FOUND",
  429: "REQUEST_LIMIT_EXCEEDED",
  500: "INTERNAL_ERROR",
  501: "NOT_IMPLEMENTED",
  503: "TEMPORARILY_UNAVAILABLE",
  504: "DEADLINE_EXCEEDED",
};
