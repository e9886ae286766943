import { createInterface } from "node:readline/promises";
import { harmless } from "#render/printable";

/** Asks the person at the terminal. Only "y" and "yes" mean yes. */
export async function saysYes(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question(`${harmless(question)} [y/N] `).finally(() => prompt.close());
  return /^y(es)?$/i.test(answer.trim());
}
