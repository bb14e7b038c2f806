import { routingCases } from "./cases/routing-cases.ts";
import { describeCases } from "./describe-cases.ts";

describeCases("routes, observers, addresses", routingCases);
