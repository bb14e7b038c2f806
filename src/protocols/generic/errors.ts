import { type ErrorRenderer, renderPlainError } from "../error-body.ts";

/** The server's own form is not known, so errors have Outrider's. */
export const renderGenericError: ErrorRenderer = renderPlainError;
