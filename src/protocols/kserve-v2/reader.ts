/**
 * Reads the bodies of KServe v2 (the Open Inference Protocol) as MLServer, Triton and KServe implement it, with Triton's
 * binary tensor extension and its classification extension.
 */
import { withConfiguredPaths } from "../../payload/configured/configured-reader.ts";
import { cleanLabelName } from "../../text/label-name.ts";
import type {
  BodyReader,
  DecodedBody,
  ReadResult,
  RequestContent,
  ResponseContent,
} from "../../payload/body-content.ts";
import { pathOfTarget } from "../../routing/target-path.ts";
import { ColumnsMemo } from "../../payload/table/columns.ts";
import { cutText, type JsonObject, member, textMember } from "../../payload/json/json-value.ts";
import { readJsonPart } from "../../payload/tensor/tensor-body.ts";
import type { ReaderOptions } from "../../payload/reader-options.ts";
import type { TableContext } from "../../payload/table/table-content.ts";
import { readTensors } from "../../payload/tensor/tensor.ts";
import { reuseCopies } from "../../payload/tensor/tensor-bytes.ts";
import { tensorPredictions } from "../../payload/tensor/tensor-predictions.ts";
import { tensorTable } from "../../payload/tensor/tensor-table.ts";

/**
 * A reader of `/infer` requests and responses; {@link tensorTable} and {@link tensorPredictions} read the tensors. Bodies
 * of `/generate` hold text; only the model is read from them. A body that is not a JSON object is `unknown_shape`: it may
 * be a raw request, tensors without a description.
 */
export function createKserveV2Reader(options: ReaderOptions): BodyReader {
  const { limits } = options;
  const columns = new ColumnsMemo();
  const reader: BodyReader = {
    readRequest: (body) => {
      // The request is read first, and by then the content of the exchange before has been counted.
      reuseCopies();
      return readJsonPart(body.bytes, limits.depth, (document, pass) =>
        readRequest(document, body, { limits, columns, pass }),
      );
    },
    readResponse: (body) =>
      readJsonPart(body.bytes, limits.depth, (document, pass) =>
        readResponse(document, body, { limits, columns, pass }),
      ),
  };
  return withConfiguredPaths(reader, options);
}

function readRequest(document: JsonObject, body: DecodedBody, context: TableContext): ReadResult<RequestContent> {
  const named = namesOf(document);
  if (isGenerate(body)) return { kind: "read", value: { ...named, droppedColumns: 0 } };
  const tensors = readTensors(member(document, "inputs"), body.bytes);
  if (tensors.kind === "unread") return tensors;
  const read = tensorTable(tensors.value, context);
  if (read.kind === "unread") return read;
  const { table, droppedColumns } = read.value;
  return { kind: "read", value: { ...named, ...(table && { features: table }), droppedColumns } };
}

function readResponse(document: JsonObject, body: DecodedBody, context: TableContext): ReadResult<ResponseContent> {
  const named = namesOf(document);
  if (isGenerate(body)) return { kind: "read", value: named };
  const tensors = readTensors(member(document, "outputs"), body.bytes);
  if (tensors.kind === "unread") return tensors;
  const read = tensorPredictions(tensors.value, context);
  if (read.kind === "unread") return read;
  return { kind: "read", value: { ...named, ...(read.value && { predictions: read.value }) } };
}

/**
 * A request names its model in the path; these keys are part of some models' own input. The `id` of the protocol is no
 * identity for labels unless a configured path names it: MLServer makes one up for clients that sent none.
 */
function namesOf(document: JsonObject): Pick<ResponseContent, "model" | "version" | "ids"> {
  return {
    model: cleanLabelName(cutText(textMember(document, "model_name"))),
    version: cleanLabelName(cutText(textMember(document, "model_version"))),
    ids: [],
  };
}

function isGenerate({ target }: DecodedBody): boolean {
  return pathOfTarget(target).endsWith("/generate");
}
