import { serviceCases } from "./cases/service-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("streams, errors, drain", serviceCases);
