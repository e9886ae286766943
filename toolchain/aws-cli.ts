// Questions to AWS by its own command line, with the credentials that it finds.

import { run, which } from "./command.ts";
import { MachineError } from "./errors.ts";

/** What AWS answered, or why it did not. */
export type AwsAnswer<T = unknown> = { value: T; refused?: undefined } | { refused: AwsRefusal; value?: undefined };

/** A question that was not answered. */
export interface AwsRefusal {
  /** Error code of AWS: `AccessDeniedException`; empty when there is none. */
  code: string;
  /** One sentence. */
  said: string;
}

/** One question: the words after `aws`. */
export type Ask = (...words: string[]) => Promise<AwsAnswer>;

/** The user waits for each of about thirty questions. */
const SECONDS = 60;

/**
 * Asks AWS in a region. Nothing is changed: the caller asks `get`, `list` and `describe` only.
 *
 * @throws {MachineError} when there is no AWS CLI, or no credentials that work.
 */
export async function awsIn(region: string): Promise<Ask> {
  const path = await which("aws");
  if (path === undefined) {
    throw new MachineError("The AWS CLI is missing.", "Install AWS CLI v2.");
  }
  // Throttled questions are asked again by the CLI itself, more and more slowly.
  const env = { ...process.env, AWS_PAGER: "", AWS_RETRY_MODE: "adaptive", AWS_MAX_ATTEMPTS: "8" };
  return async (...words) => {
    const { code, stdout, stderr } = await run(path, [...words, "--region", region, "--output", "json"], {
      env,
      timeout: SECONDS * 1_000,
    });
    return code === 0 ? parsed(stdout) : { refused: refusalOf(stderr, code) };
  };
}

function parsed(stdout: string): AwsAnswer {
  try {
    return { value: JSON.parse(stdout) as unknown };
  } catch {
    return { refused: { code: "", said: `an answer that is not JSON: '${stdout.trim().slice(0, 80)}'` } };
  }
}

/** Codes and words by which AWS and its CLI say that there are no usable credentials. */
const NO_CREDENTIALS =
  /Unable to locate credentials|could not be found|ExpiredToken|InvalidClientTokenId|UnrecognizedClient|SSO session|Token has expired|Error loading SSO/i;

/** Whether the reason lies with the credentials, and so with every question alike. */
export const lacksCredentials = ({ code, said }: AwsRefusal): boolean => NO_CREDENTIALS.test(`${code} ${said}`);

function refusalOf(stderr: string, code: number): AwsRefusal {
  const lines = stderr
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "");
  const said = lines.at(-1)?.trim() ?? (code === -1 ? `no answer in ${SECONDS} s` : `aws ended with code ${code}`);
  return { code: /An error occurred \((\w+)\)/.exec(said)?.[1] ?? "", said };
}
