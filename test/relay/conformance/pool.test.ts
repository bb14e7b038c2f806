import { poolCases } from "./cases/pool-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("connections to the upstream", poolCases);
