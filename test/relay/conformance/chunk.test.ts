import { chunkCases } from "./cases/chunk-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("chunked bodies", chunkCases);
