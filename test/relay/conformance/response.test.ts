import { responseCases } from "./cases/response-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("responses", responseCases);
