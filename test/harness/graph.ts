import { type Recorded, type RecordOptions, record as recordProgram } from "#plan/record";

export type { Recorded };

/** Runs a program without an engine and returns what it registered, in order. */
export async function record(program: () => unknown, options: RecordOptions = {}): Promise<Recorded[]> {
  return (await recordProgram(program, options)).resources;
}

/**
 * The sentence with which a program refuses its arguments.
 * Caught inside the program: an error that reaches Pulumi's stack comes back as several unhandled rejections.
 */
export async function refusal(program: () => unknown): Promise<string> {
  let message = "";
  await record(async () => {
    try {
      await program();
    } catch (error) {
      message = (error as Error).message;
    }
  });
  return message;
}
