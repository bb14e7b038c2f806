/** What Outrider asks of an MLflow model registry. */

/** The HTTP client, declared here because this is where it is used. Redirects are not followed; rejects when there is no answer. */
export interface RegistryHttp {
  get(url: string, maxBytes: number): Promise<{ readonly status: number; readonly body: Uint8Array }>;
}

/** A version of a registered model. */
export interface ModelVersion {
  readonly name: string;
  readonly version: string;
}

/** What came of looking for an artifact. */
export type ArtifactResult =
  | { readonly kind: "found"; readonly bytes: Uint8Array }
  /** The version has no such artifact, there is no such version, or the registry does not take it for the name of one. */
  | { readonly kind: "absent"; readonly reason: string }
  | { readonly kind: "failed"; readonly reason: string };

/** Where a model version keeps its baseline. */
export const baselineArtifact = "outrider/baseline.json";

/** Longest artifact that is taken. */
const maxArtifactBytes = 64 * 1024 * 1024;

/**
 * Fetches an artifact of a model version through the tracking server, which reads it from whatever store it is kept in
 * (`GET /model-versions/get-artifact`). Never rejects.
 *
 * @param url of the tracking server, perhaps with a path in front of its own
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
    // 404 is the one answer for an unknown model, an unknown version and an artifact that is not there; 400 means that
    // the version is no number.
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

/** undici puts what went wrong with a connection into `cause` or `code` and leaves the message empty for some. */
function messageOf(error: unknown): string {
  const { message, code } = error as NodeJS.ErrnoException;
  return message === "" ? (code ?? "no answer") : message;
}
