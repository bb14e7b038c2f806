import { chunkCases } from "./cases/chunk-cases.ts";
import { describeCases } from "./describe-cases.ts";

describeCases("chunked bodies", chunkCases);
