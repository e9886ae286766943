import { setGlobalProxyFromEnv } from "node:http";
import { shown } from "#stacks/wording";
import { RemoteError } from "#toolchain/oci/http";
import { BadInput } from "../bad-input.ts";

/** Most versions that a sentence names. */
const NAMED = 5;

/** A chart cannot be had or brought; the message is for a person. */
export class ChartError extends RemoteError {}

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
