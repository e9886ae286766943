import { setGlobalProxyFromEnv } from "node:http";
import { shown } from "#stacks/wording";
import { BadInput } from "../bad-input.ts";

/** Longest time for one request, milliseconds. */
const TIMEOUT = 120_000;

/** Most versions that a sentence names. */
const NAMED = 5;

/** Answers that a publisher gives for each of its charts: its proxy wants a login, it is asked too often, or it does not work. */
const OF_ALL = [407, 429, 502, 503, 504];

/** A chart cannot be had or brought; the message is for a person. */
export class ChartError extends Error {}

/** A publisher gives nothing at all: the same is true of each of its charts. */
export class PublisherError extends ChartError {
  readonly host: string;

  constructor(host: string, message: string) {
    super(message);
    this.host = host;
  }
}

/**
 * Asks a repository or a registry.
 *
 * @throws {ChartError} when it cannot be reached, or leads to where anybody could answer.
 */
export async function ask(url: string | URL, init: RequestInit & { signal: AbortSignal }): Promise<Response> {
  const response = await asked(url, init);
  if (!response.url.startsWith("https:")) {
    await response.body?.cancel();
    throw new ChartError(`${new URL(url).origin} must answer over https://, it leads to ${response.url}`);
  }
  return response;
}

async function asked(url: string | URL, init: RequestInit & { signal: AbortSignal }): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.any([init.signal, AbortSignal.timeout(TIMEOUT)]) });
  } catch (error) {
    init.signal.throwIfAborted();
    const { message, cause } = error as Error & { cause?: Error & { code?: string } };
    throw new PublisherError(
      new URL(url).host,
      `${new URL(url).origin} cannot be reached (${cause?.code ?? cause?.message ?? message}): HTTPS_PROXY names a proxy, NODE_EXTRA_CA_CERTS a certificate authority of your own`,
    );
  }
}

/**
 * The answer, where it is a good one.
 *
 * @param what completes the sentence "… answered".
 */
export async function expectOk(response: Response, what: string): Promise<Response> {
  if (!response.ok) {
    await response.body?.cancel();
    const { status, statusText } = response;
    const answered = `answered ${status} ${statusText}`.trim();
    if (OF_ALL.includes(status)) {
      const { host, origin } = new URL(response.url);
      throw new PublisherError(host, `${origin} ${answered}`);
    }
    throw new ChartError(`${what} ${answered}`);
  }
  return response;
}

/** Sentence for a version that is not where it should be. */
export function missing(
  { name, version, published }: { name: string; version: string; published: string },
  has: readonly string[],
): ChartError {
  const versions =
    has.length > 0
      ? `it has ${has.slice(0, NAMED).join(", ")}${has.length > NAMED ? ` and ${has.length - NAMED} more` : ""}`
      : "it names no version of it";
  return new ChartError(`${name} must be there in version ${version}, got nothing from ${published}: ${versions}`);
}

/** Sends every request through the proxy that the environment names. @throws {BadInput} when a variable for a proxy names none. */
export function useProxy(): void {
  for (const name of ["https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY"]) {
    const value = process.env[name] ?? "";
    if (value !== "" && !/^https?:$/.test(URL.parse(value)?.protocol ?? "")) {
      throw new BadInput(`${name} must be the address of a proxy, such as http://proxy.example.com:3128, got ${shown(value)}`);
    }
  }
  setGlobalProxyFromEnv();
}
