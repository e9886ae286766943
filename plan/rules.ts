import { RULES } from "#policies/catalogue";
import type { Rule } from "#policies/rule";
import { configFile } from "#stacks/inputs/config-file";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";

/**
 * The rules of an environment: those of the catalogue, of which CTL-03 knows the one place of charts that the stack config names.
 *
 * @throws {pulumi.RunError} when the file of the stack config cannot be read.
 */
export function rulesOf(environment: EnvironmentName): Rule[] {
  const charts = configFile(FILES.config("platform", environment))["millrace:charts"];
  return RULES.map((rule) => (typeof charts === "string" ? knowing(rule, environment, charts) : rule));
}

function knowing(rule: Rule, environment: EnvironmentName, charts: string): Rule {
  const { id, parameters } = rule;
  return id === "CTL-03" && parameters !== undefined
    ? { ...rule, parameters: { ...parameters, [environment]: { ...parameters[environment], charts } } }
    : rule;
}
