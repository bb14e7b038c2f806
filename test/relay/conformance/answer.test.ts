import { answerCases } from "./cases/answer-cases.ts";
import { describeCases } from "./support/describe-cases.ts";

describeCases("answers that pass", answerCases);
