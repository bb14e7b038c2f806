import { answerCases } from "./cases/answer-cases.ts";
import { describeCases } from "./describe-cases.ts";

describeCases("answers that pass", answerCases);
