/** Keys of the shared state: a kind, and then what tells one model from another. */
import type { ModelLabels } from "../metrics/requests/label-sets.ts";

/** `drift/<digest>/<model>/<version>/<variant>` and the like; parts are escaped, so that `/` only stands between them. */
export const fleetKey = (parts: readonly string[], { model, version, variant }: ModelLabels): string =>
  [...parts, model, version, variant].map(encodeURIComponent).join("/");

/** The parts before the labels, and the labels; undefined for a key that {@link fleetKey} did not make. */
export function parseFleetKey(
  key: string,
): { readonly parts: readonly string[]; readonly labels: ModelLabels } | undefined {
  try {
    const words = key.split("/").map(decodeURIComponent);
    if (words.length < 4) return undefined;
    const [model = "", version = "", variant = ""] = words.slice(-3);
    return { parts: words.slice(0, -3), labels: { model, version, variant } };
  } catch {
    return undefined;
  }
}
