import { lifecycleCases } from "./cases/lifecycle-cases.ts";
import { describeCases } from "./describe-cases.ts";

describeCases("clients that pipeline and leave", lifecycleCases);
