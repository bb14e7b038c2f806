import { poolCases } from "./cases/pool-cases.ts";
import { describeCases } from "./describe-cases.ts";

describeCases("connections to the upstream", poolCases);
