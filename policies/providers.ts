import { type Bag, parsed } from "./read.ts";
import { SECRET, Undecided } from "./resource.ts";

/** Types of all providers, for rules that look at each of them. */
export const PROVIDERS = "pulumi:providers:*";

export const isProvider = (type: string): boolean => type.startsWith("pulumi:providers:");

/** An object or a list among the inputs of a provider, which takes both as JSON in a text. */
export function opened(inputs: Bag, key: string): unknown {
  const value = inputs[key];
  if (value === SECRET) {
    throw new Undecided(key);
  }
  return typeof value === "string" ? parsed(value) : value;
}

/** Whether an address is on the machine that runs the program: a server for tests, or a tunnel. */
export const isLoopback = (url: string): boolean => /^(\w+:\/\/)?(localhost|127\.|\[::1\]|[\w.-]*\.localhost\b)/i.test(url);
