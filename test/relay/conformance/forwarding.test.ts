import { forwardingCases } from "./cases/forwarding-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("what arrives upstream", forwardingCases);
