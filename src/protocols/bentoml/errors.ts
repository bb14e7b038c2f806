import { type ErrorRenderer, renderErrorMessage } from "../error-body.ts";

/** The form of BentoML: the message alone. */
export const renderBentomlError: ErrorRenderer = renderErrorMessage;
