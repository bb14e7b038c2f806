/**
 * The bodies that the clients of the bench send in turn. They differ, so that nothing is learned by heart and no column
 * of a learned baseline is constant, and all have the same length, so that none costs more to pass on than another.
 */
import { seededRandom } from "../../src/sketch/seeded-random.ts";

/** Numbers of a row, by default. */
export const usualNumbers = 40;

/** Bodies that are sent in turn. */
const usualBodies = 64;

/** A row of numbers as MLflow takes them, `{"inputs":[[…]]}`: from 10 to 100 with 5 decimals, most near the middle. */
export function predictionBodies(numbers: number = usualNumbers, bodies: number = usualBodies): readonly string[] {
  const random = seededRandom(numbers);
  const number = (): string => (10 + 29.99 * (random() + random() + random())).toFixed(5);
  return Array.from({ length: bodies }, () => `{"inputs":[[${Array.from({ length: numbers }, number).join(",")}]]}`);
}
