import { type ErrorRenderer, renderErrorMessage } from "../error-body.ts";

/** The form of TensorFlow Serving: the message alone. */
export const renderTensorflowServingError: ErrorRenderer = renderErrorMessage;
