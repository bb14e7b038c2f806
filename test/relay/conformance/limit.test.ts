import { limitCases } from "./cases/limit-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("bounds in size", limitCases);
