import { interimCases } from "./cases/interim-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("interim responses, upgrades, early answers", interimCases);
