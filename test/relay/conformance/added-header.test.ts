import { addedHeaderCases } from "./cases/added-header-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("what the relay adds", addedHeaderCases);
