import { type ErrorRenderer, renderErrorMessage } from "../error-body.ts";

/** The form of KServe's V1 protocol: the message alone. */
export const renderKserveV1Error: ErrorRenderer = renderErrorMessage;
