import { type ErrorRenderer, renderErrorMessage } from "../error-body.ts";

/** The form of the Open Inference Protocol: the message alone. */
export const renderKserveV2Error: ErrorRenderer = renderErrorMessage;
