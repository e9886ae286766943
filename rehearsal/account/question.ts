import type { SimulatedAccount } from "./account.ts";
import { CliError, EXIT } from "./command-line.ts";

/** Values of a question, by option. */
export class Asked {
  readonly #options: ReadonlyMap<string, readonly string[]>;

  constructor(options: ReadonlyMap<string, readonly string[]>) {
    this.#options = options;
  }

  one(option: string): string | undefined {
    return this.#options.get(option)?.[0];
  }

  all(option: string): readonly string[] {
    return this.#options.get(option) ?? [];
  }
}

/** A question that the stand-in answers, as AWS documents it. */
export interface Question {
  service: string;
  operation: string;
  /** Options that must be there, and options that may be. */
  required?: readonly string[];
  optional?: readonly string[];
  /** Those of them that take several values. */
  lists?: readonly string[];
  /** Whether it is asked of the whole account, and needs no region. @default false */
  global?: boolean;
  /**
   * @returns what is printed: an object as JSON, a text as it is.
   * @throws {Refusal} with what AWS says instead.
   */
  answer(account: SimulatedAccount, asked: Asked): object | string;
}

/** What a service says instead of an answer, by its error code. */
export class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Name of an operation in its API: `DescribeDBInstances` for `describe-db-instances`. */
export const apiName = ({ operation }: Pick<Question, "operation">): string =>
  operation
    .split("-")
    .map((part) => UPPER[part] ?? `${part[0]!.toUpperCase()}${part.slice(1)}`)
    .join("");

const UPPER: Readonly<Record<string, string>> = { db: "DB", aws: "AWS", id: "ID" };

/** A refusal in the words of the CLI. */
export const inWords = (question: Question, { code, message }: Refusal): CliError =>
  new CliError(EXIT.service, `\nAn error occurred (${code}) when calling the ${apiName(question)} operation: ${message}`);

/** Codes by which services refuse credentials without a right; each service has the one of its protocol. */
export const DENIED: Readonly<Record<string, string>> = {
  cloudwatch: "AccessDenied",
  ec2: "UnauthorizedOperation",
  eks: "AccessDeniedException",
  iam: "AccessDenied",
  logs: "AccessDeniedException",
  rds: "AccessDenied",
  "service-quotas": "AccessDeniedException",
  sts: "AccessDenied",
};
