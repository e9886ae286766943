import * as z from "zod";
import { inWords } from "#stacks/wording";

/** Why the registry of an environment does not say what runs there, in a sentence. What serves is as it was: nothing that serves asks it. */
export class RegistryError extends Error {}

/** A version of a model in a registry. */
export interface RegisteredVersion {
  /** Number that this registry has given it. */
  number: string;
  runId: string;
  tags: Readonly<Record<string, string>>;
}

/** What a new version is registered with. */
export interface NewVersion {
  source: string;
  tags: Readonly<Record<string, string>>;
}

const pairs = z.array(z.object({ key: z.string(), value: z.string() })).default([]);
const version = z
  .object({ version: z.coerce.string(), run_id: z.string().default(""), tags: pairs })
  .transform(({ version: number, run_id: runId, tags }): RegisteredVersion => ({ number, runId, tags: recordOf(tags) }));
const page = z.object({ model_versions: z.array(version).default([]), next_page_token: z.string().optional() });
const one = z.object({ model_version: version });
const alias = z.object({ alias: z.string(), version: z.coerce.string() });
const aliased = z.object({
  registered_model: z.object({
    aliases: z
      .array(alias)
      .default([])
      .transform((all) => Object.fromEntries(all.map(({ alias: name, version: number }) => [name, number]))),
  }),
});

const recordOf = (tags: readonly { key: string; value: string }[]): Record<string, string> =>
  Object.fromEntries(tags.map(({ key, value }) => [key, value]));
const pairsOf = (tags: Readonly<Record<string, string>>) => Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Seconds within which the server answers. */
const PATIENCE = 60;

/** The models of a tracking server, by MLflow's REST API 2.0. Every method can be repeated. */
export class ModelRegistry {
  readonly #url: string;
  readonly #token: () => Promise<string>;
  readonly #signal: AbortSignal;

  /** @param token asked for before each call: one of a job ends after some minutes. */
  constructor(url: string, token: () => Promise<string>, signal: AbortSignal) {
    this.#url = url;
    this.#token = token;
    this.#signal = signal;
  }

  /** Number of the version that each alias of a model means; nothing where there is no such model. */
  async aliases(model: string): Promise<Readonly<Record<string, string>> | undefined> {
    const asked = `registered-models/get?${new URLSearchParams({ name: model })}`;
    const answer = await this.#ask("GET", asked, undefined, ["RESOURCE_DOES_NOT_EXIST"]);
    return answer === undefined ? undefined : this.#read(aliased, answer).registered_model.aliases;
  }

  /** Makes a registered model of a team; one that is there already stays. */
  async provide(model: string, team: string): Promise<void> {
    const body = { name: model, tags: pairsOf({ team }) };
    await this.#ask("POST", "registered-models/create", body, ["RESOURCE_ALREADY_EXISTS"]);
  }

  /** Every version of a model, the newest first. */
  async versions(model: string): Promise<RegisteredVersion[]> {
    const found: RegisteredVersion[] = [];
    let token: string | undefined;
    do {
      const asked = new URLSearchParams({ filter: `name='${model}'`, max_results: "200", order_by: "version_number DESC" });
      if (token) {
        asked.set("page_token", token);
      }
      const answer = this.#read(page, await this.#ask("GET", `model-versions/search?${asked}`));
      found.push(...answer.model_versions);
      token = answer.next_page_token;
    } while (token);
    return found;
  }

  async register(model: string, { source, tags }: NewVersion): Promise<RegisteredVersion> {
    const body = { name: model, source, tags: pairsOf(tags) };
    return this.#read(one, await this.#ask("POST", "model-versions/create", body)).model_version;
  }

  async tag(model: string, { number }: RegisteredVersion, key: string, value: string): Promise<void> {
    await this.#ask("POST", "model-versions/set-tag", { name: model, version: number, key, value });
  }

  /** Makes an alias mean a version. */
  async alias(model: string, alias: string, { number }: RegisteredVersion): Promise<void> {
    await this.#ask("POST", "registered-models/alias", { name: model, alias, version: number });
  }

  /** @param passed codes of MLflow's errors that are no failure: the answer is nothing then. @throws {RegistryError} for every other error, and without an answer. */
  async #ask(method: string, path: string, body?: object, passed: readonly string[] = []): Promise<unknown> {
    const token = await this.#token();
    const signal = AbortSignal.any([this.#signal, AbortSignal.timeout(PATIENCE * 1_000)]);
    const answer = await fetch(`${this.#url}/api/2.0/mlflow/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      // A token goes to nobody else.
      redirect: "error",
      signal,
    }).catch((error: unknown) => {
      this.#signal.throwIfAborted();
      throw new RegistryError(`${this.#url} must answer, it does not: ${reasonOf(error)}`);
    });
    const text = await answer.text();
    const { error_code: code = "", message = text } = (jsonOf(text) ?? {}) as { error_code?: string; message?: string };
    if (!answer.ok && !passed.includes(code)) {
      throw new RegistryError(
        `${this.#url} must take '${method} ${path.split("?")[0]}', it answers ${answer.status}: ${oneLine(message)}`,
      );
    }
    return answer.ok ? jsonOf(text) : undefined;
  }

  #read<T>(shape: z.ZodType<T>, content: unknown): T {
    const { data, success } = shape.safeParse(content, { error: inWords });
    if (!success) {
      throw new RegistryError(`${this.#url} must be a tracking server of MLflow, its answer is something else`);
    }
    return data;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, 600) || "nothing";

function reasonOf(error: unknown): string {
  const { cause, message, name } = error as Error & { cause?: { code?: string; message?: string } };
  return name === "TimeoutError" ? `no answer within ${PATIENCE} s` : (cause?.code ?? cause?.message ?? message);
}
