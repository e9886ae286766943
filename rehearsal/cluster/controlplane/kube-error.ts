// Refusals of the API server.

/** A request that the API server refused. */
export class KubeError extends Error {
  /** HTTP status. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = "KubeError";
    this.status = status;
  }
}

/** Whether an object, its namespace or its kind does not exist. */
export const isMissing = (error: unknown): boolean => error instanceof KubeError && error.status === 404;

/** The server's own words in the body of a refusal. */
export function reason(text: string): string {
  try {
    return String((JSON.parse(text) as { message: string }).message);
  } catch {
    return text.slice(0, 400);
  }
}
