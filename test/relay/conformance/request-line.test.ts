import { requestLineCases } from "./cases/request-line-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("request lines and targets", requestLineCases);
