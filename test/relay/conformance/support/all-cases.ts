import type { ConformanceCase } from "./case.ts";
import { addedHeaderCases } from "../cases/added-header-cases.ts";
import { answerCases } from "../cases/answer-cases.ts";
import { poolCases } from "../cases/pool-cases.ts";
import { timeoutCases } from "../cases/timeout-cases.ts";
import { chunkCases } from "../cases/chunk-cases.ts";
import { forwardingCases } from "../cases/forwarding-cases.ts";
import { framingCases } from "../cases/framing-cases.ts";
import { headerCases } from "../cases/header-cases.ts";
import { interimCases } from "../cases/interim-cases.ts";
import { lifecycleCases } from "../cases/lifecycle-cases.ts";
import { limitCases } from "../cases/limit-cases.ts";
import { requestLineCases } from "../cases/request-line-cases.ts";
import { responseCases } from "../cases/response-cases.ts";
import { routingCases } from "../cases/routing-cases.ts";
import { serviceCases } from "../cases/service-cases.ts";

/** Every conformance case. */
export const allCases: readonly ConformanceCase[] = [
  ...requestLineCases,
  ...headerCases,
  ...framingCases,
  ...chunkCases,
  ...forwardingCases,
  ...addedHeaderCases,
  ...responseCases,
  ...interimCases,
  ...lifecycleCases,
  ...limitCases,
  ...answerCases,
  ...poolCases,
  ...timeoutCases,
  ...routingCases,
  ...serviceCases,
];
