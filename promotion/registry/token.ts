import { NAME } from "#components/tracking/pod";
import { RegistryError } from "./mlflow.ts";

/** MLflow's own variable. */
export const TOKEN = "MLFLOW_TRACKING_TOKEN";

/**
 * The token with which a promotion calls the tracking server: that of the variable, or in a job of GitHub one that says which job it is.
 *
 * @throws {RegistryError} where there is neither.
 */
export async function registryToken(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const { [TOKEN]: own, ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: key } = env;
  if (own !== undefined && own.trim() !== "") {
    return own.trim();
  }
  if (url === undefined || key === undefined) {
    throw new RegistryError(
      `the variable '${TOKEN}' must be a token for the tracking server, got nothing: docs/guides/tracking.md says how to get one; a job of GitHub needs 'id-token: write' alone`,
    );
  }
  const asked = new URL(url);
  asked.searchParams.set("audience", NAME);
  const answer = await fetch(asked, { headers: { authorization: `Bearer ${key}` } });
  const { value } = answer.ok ? ((await answer.json()) as { value?: string }) : {};
  if (value === undefined) {
    throw new RegistryError(
      `GitHub must give the job a token for '${NAME}', it answers ${answer.status}: see 'permissions' of the job`,
    );
  }
  return value;
}
