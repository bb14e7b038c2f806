import { responseCases } from "./cases/response-cases.ts";
import { describeCases } from "./describe-cases.ts";

describeCases("responses", responseCases);
