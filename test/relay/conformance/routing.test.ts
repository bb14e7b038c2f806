import { routingCases } from "./cases/routing-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("routes, observers, addresses", routingCases);
