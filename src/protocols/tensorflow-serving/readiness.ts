import { cleanLabelName } from "../../text/label-name.ts";
import { getRequest, isRecord, jsonObjectOf } from "../probe-answer.ts";
import type { HttpAnswer } from "../probe-answer.ts";
import { nameTheModel, notReady, quoteName, ready } from "../readiness-rule.ts";
import type { ModelIdentity, Readiness, ReadinessRule } from "../readiness-rule.ts";

/**
 * TensorFlow Serving: 200 is also given while a version is loading and after it failed to load, so the `state` of
 * each version is read. One AVAILABLE version is enough, because during a rollout the old and the new one are there at
 * the same time; but when the configured version is among them, that one decides.
 *
 * Without a model's name nothing can be read; the server then counts as ready once it answers, because it opens its
 * REST port only after the first loading of its models.
 */
export const tensorflowServingReadiness: ReadinessRule = {
  requests: (model) => [getRequest(pathOf(model))],
  judge(model, answer) {
    if (model.modelName !== "") return judgeModel(model, answer);
    if (answer.status >= 500) return notReady(`TensorFlow Serving answers ${answer.status}`);
    return ready(`TensorFlow Serving answers (no model's state was checked: ${nameTheModel})`);
  },
};

function pathOf({ modelName }: ModelIdentity): string {
  return modelName === "" ? "/v1/models" : `/v1/models/${encodeURIComponent(modelName)}`;
}

function judgeModel({ modelName, modelVersion }: ModelIdentity, answer: HttpAnswer): Readiness {
  const model = quoteName(modelName);
  if (answer.status !== 200) {
    const error = textOf(jsonObjectOf(answer)?.["error"]);
    return notReady(
      `TensorFlow Serving answers ${answer.status} for model ${model}${error === "" ? "" : `: ${error}`}`,
    );
  }
  const every = versionsOf(answer);
  const named = every.filter(({ version }) => version === modelVersion);
  const versions = named.length > 0 ? named : every;
  if (versions.length === 0) {
    return notReady(`the status of model ${model} names no version; is this TensorFlow Serving?`);
  }
  const available = versions.find((version) => version.state === "AVAILABLE");
  if (available !== undefined) return ready(`model ${model} version ${available.version} is AVAILABLE`);
  return notReady(`model ${model} is not ready: ${versions.slice(0, 4).map(describe).join(", ")}`);
}

interface VersionState {
  readonly version: string;
  readonly state: string;
  readonly error: string;
}

function versionsOf(answer: HttpAnswer): readonly VersionState[] {
  const list = jsonObjectOf(answer)?.["model_version_status"];
  if (!Array.isArray(list)) return [];
  return list.filter(isRecord).map((entry) => ({
    version: textOf(entry["version"]),
    state: textOf(entry["state"]),
    error: isRecord(entry["status"]) ? textOf(entry["status"]["error_message"]) : "",
  }));
}

function describe({ version, state, error }: VersionState): string {
  return `version ${version} is ${state || "in no known state"}${error === "" ? "" : ` (${error})`}`;
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? cleanLabelName(String(value)) : "";
}
