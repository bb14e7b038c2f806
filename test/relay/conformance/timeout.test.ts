import { timeoutCases } from "./cases/timeout-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("bounds in time and number", timeoutCases);
