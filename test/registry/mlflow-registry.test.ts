import { describe, expect, it } from "vitest";
import { baselineArtifact, fetchArtifact, type RegistryHttp } from "../../src/registry/mlflow-registry.ts";

const model = { name: "churn model", version: "3" };
const answering = (status: number, body: string, urls: string[] = []): RegistryHttp => ({
  get: async (url) => {
    urls.push(url);
    return { status, body: new TextEncoder().encode(body) };
  },
});

describe("an artifact of a model version", () => {
  it("is requested under the server's base path, with every query value escaped", async () => {
    const urls: string[] = [];
    const result = await fetchArtifact(answering(200, "{}", urls), "http://mlflow:5000/ml/", model, baselineArtifact);
    expect(result).toMatchObject({ kind: "found" });
    expect(urls).toEqual([
      "http://mlflow:5000/ml/model-versions/get-artifact?path=outrider%2Fbaseline.json&name=churn+model&version=3",
    ]);
  });

  it("is absent when the registry does not have it, with the registry's message", async () => {
    const body = '{"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "No such artifact"}';
    const result = await fetchArtifact(answering(404, body), "http://mlflow", model, baselineArtifact);
    expect(result).toEqual({ kind: "absent", reason: `churn model 3: the registry answered 404: ${body}` });
  });

  it("is absent when the registry rejects the version as malformed", async () => {
    const result = await fetchArtifact(answering(400, "no integer"), "http://mlflow", model, baselineArtifact);
    expect(result).toEqual({ kind: "absent", reason: "churn model 3: the registry answered 400: no integer" });
  });

  it.each([403, 500, 302])("is not there, and may be later, after an answer %d", async (status) => {
    const result = await fetchArtifact(answering(status, "<h1>No</h1>"), "http://mlflow", model, baselineArtifact);
    expect(result).toEqual({ kind: "failed", reason: `churn model 3: the registry answered ${status}: No` });
  });

  it("fails when there is no response", async () => {
    const refused = Object.assign(new Error(""), { code: "ECONNREFUSED" });
    const http: RegistryHttp = { get: () => Promise.reject(refused) };
    const result = await fetchArtifact(http, "http://mlflow", model, baselineArtifact);
    expect(result).toEqual({ kind: "failed", reason: "http://mlflow: ECONNREFUSED" });
  });
});
