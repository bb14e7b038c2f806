import { serviceCases } from "./cases/service-cases.ts";
import { describeCases } from "./describe-cases.ts";

describeCases("streams, errors, drain", serviceCases);
