import { lifecycleCases } from "./cases/lifecycle-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("clients that pipeline and leave", lifecycleCases);
