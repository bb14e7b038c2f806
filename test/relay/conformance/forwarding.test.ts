import { forwardingCases } from "./cases/forwarding-cases.ts";
import { describeCases } from "./describe-cases.ts";

describeCases("what arrives upstream", forwardingCases);
