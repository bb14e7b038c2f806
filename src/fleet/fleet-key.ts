/** Keys of the shared state: a kind, then the labels of a model. */
import type { ModelLabels } from "../metrics/model-labels.ts";

/** `<part>/…/<model>/<version>/<variant>`, for instance `drift/<digest>/churn/7/stable`. Each part is percent-encoded. */
export const fleetKey = (parts: readonly string[], { model, version, variant }: ModelLabels): string =>
  [...parts, model, version, variant].map(encodeURIComponent).join("/");

/** Inverse of {@link fleetKey}: the parts and the labels; undefined for any other text. */
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
