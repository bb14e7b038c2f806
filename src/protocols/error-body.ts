/** What the error answers of all protocols have in common. */
import type { WireErrorCode } from "../errors/wire-errors.ts";

/** The content of a local reply with an error, before it has a protocol's form. */
export interface RenderableError {
  readonly code: WireErrorCode;
  /** HTTP status of the answer, 400 to 599. */
  readonly status: number;
  /** One line for the client; must not repeat what it sent. */
  readonly message: string;
}

/** The body of an error reply in a protocol's form. */
export interface RenderedError {
  readonly contentType: string;
  /** ASCII or UTF-8 text; its length in bytes is the Content-Length. */
  readonly body: string;
}

/** Renders an error in the form of one protocol. Pure; never throws. */
export type ErrorRenderer = (error: RenderableError) => RenderedError;

/** The body for a JSON value, or for a text that is JSON already. */
export function jsonError(value: object | string): RenderedError {
  return { contentType: "application/json", body: typeof value === "string" ? value : JSON.stringify(value) };
}

/** Outrider's own form: the message under `error`, and the error's code. For servers whose form is not known. */
export const renderPlainError: ErrorRenderer = ({ code, message }) => jsonError({ error: message, code });

/** The form that several servers share: the message under `error`, nothing else. */
export const renderErrorMessage: ErrorRenderer = ({ message }) => jsonError({ error: message });

/** Names by status. 400 and 500 are for every status of their class that has no name here. */
export type NamesByStatus = Readonly<Record<number, string>> & { readonly 400: string; readonly 500: string };

/** The name of a status from 400 to 599. */
export function nameOfStatus(names: NamesByStatus, status: number): string {
  return names[status] ?? (status < 500 ? names[400] : names[500]);
}
