import { headerCases } from "./cases/header-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("Host and header lines", headerCases);
