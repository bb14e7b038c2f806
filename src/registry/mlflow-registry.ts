/** The part of the API of an MLflow model registry that Outrider uses. */

/** Port of the HTTP client. It does not follow redirects; `get` rejects without a response or above `maxBytes`. */
export interface RegistryHttp {
  get(url: string, maxBytes: number): Promise<{ readonly status: number; readonly body: Uint8Array }>;
}

/** A version of a registered model. */
export interface ModelVersion {
  readonly name: string;
  readonly version: string;
}

/** Result of a fetch: `absent` is final, `failed` may be retried. */
export type ArtifactResult =
  | { readonly kind: "found"; readonly bytes: Uint8Array }
  /** There is no such artifact, model or version, or the registry rejects the version as malformed. */
  | { readonly kind: "absent"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/** Path of the baseline among the artifacts of a model version. */
export const baselineArtifact = "outrider/baseline.json";

/** Maximum size of an artifact. */
const maxArtifactBytes = 64 * 1024 * 1024;

/**
 * Fetches an artifact of a model version through the tracking server, which reads it from its artifact store
 * (`GET /model-versions/get-artifact`). Never rejects.
 *
 * @param url base URL of the tracking server; may have a path
 */
export async function fetchArtifact(
  http: RegistryHttp,
  url: string,
  { name, version }: ModelVersion,
  path: string,
): Promise<ArtifactResult> {
  const query = new URLSearchParams({ path, name, version });
  try {
    const address = `${url.replace(/\/+$/, "")}/model-versions/get-artifact?${query.toString()}`;
    const { status, body } = await http.get(address, maxArtifactBytes);
    if (status === 200) return { kind: "found", bytes: body };
    const reason = `${name} ${version}: the registry answered ${status}${detailOf(body)}`;
    // 404 means an unknown model, version or artifact; 400 means that the version is not a number.
    return status === 404 || status === 400 ? { kind: "absent", reason } : { kind: "failed", reason };
  } catch (error) {
    return { kind: "failed", reason: `${url}: ${messageOf(error)}` };
  }
}

const text = new TextDecoder();

function detailOf(body: Uint8Array): string {
  const words = text
    .decode(body.subarray(0, 400))
    .replace(/<[^>]*>|\s+/g, " ")
    .trim()
    .slice(0, 200);
  return words === "" ? "" : `: ${words}`;
}

/** For some connection errors undici leaves the message empty and sets only `code`. */
function messageOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message === "" ? (code ?? "no answer") : message;
}
