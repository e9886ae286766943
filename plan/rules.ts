import { RULES } from "#policies/catalogue";
import type { Rule } from "#policies/rule";
import { configFile } from "#stacks/inputs/config-file";
import type { EnvironmentName } from "#stacks/inputs/environments/profile";
import { FILES } from "#stacks/inputs/files";

/** Settings of the stack config that are parameters of CTL-03 too. */
const PLACES = ["charts", "images"] as const;

/**
 * The rules of an environment: those of the catalogue, of which CTL-03 knows the only places of charts and images that the stack config
 * names.
 *
 * @param read reads a file of stack config, full key → value.
 * @throws {pulumi.RunError} when the file of the stack config cannot be read.
 */
export function rulesOf(environment: EnvironmentName, read: (file: string) => Record<string, unknown> = configFile): Rule[] {
  const config = read(FILES.config("platform", environment));
  const places = PLACES.flatMap((key) => {
    const place = config[`millrace:${key}`];
    return typeof place === "string" ? [[key, place]] : [];
  });
  return RULES.map((rule) =>
    places.length > 0 && rule.id === "CTL-03" ? knowing(rule, environment, Object.fromEntries(places)) : rule,
  );
}

const knowing = (rule: Rule, environment: EnvironmentName, places: object): Rule => ({
  ...rule,
  parameters: { ...rule.parameters!, [environment]: { ...rule.parameters![environment], ...places } },
});
