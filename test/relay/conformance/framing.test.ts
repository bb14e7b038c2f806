import { framingCases } from "./cases/framing-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("framing of requests", framingCases);
