import { type Finding, unless } from "../../findings.ts";
import { bags, text } from "../../read.ts";
import type { Resource } from "../../resource.ts";
import type { Analysis, Measurement } from "./measurements.ts";
import { isMeant, withInner } from "./templates.ts";

/** An analysis of templates that are not there, or that measure nothing. */
export const missingTemplates = (
  { path, templates }: Analysis,
  resource: Resource,
  measurements: readonly Measurement[],
): Finding[] => [
  ...unless(templates.length > 0, { resource, property: `${path}.templates`, got: "nothing", want: "a list of templates" }),
  ...templates.flatMap((entry, index) =>
    unless(
      measurements.some((each) => each.entry === entry),
      {
        resource,
        property: `${path}.templates[${index}].templateName`,
        got: text(entry, "templateName") ?? "nothing",
        want: "a template of this stack with metrics",
      },
    ),
  ),
];

/** A template may refer to others: those must be there as well. */
export const missingInner = ({ templates: entries }: Analysis, rollout: Resource, templates: readonly Resource[]): Finding[] =>
  entries
    .flatMap((entry) => templates.filter((each) => isMeant(each, entry, rollout)))
    .flatMap((template) => withInner(template, rollout, templates))
    .flatMap((resource) =>
      bags(resource.inputs, "spec", "templates").flatMap((entry, index) =>
        unless(
          templates.some((each) => isMeant(each, entry, rollout)),
          {
            resource,
            property: `spec.templates[${index}].templateName`,
            got: text(entry, "templateName") ?? "nothing",
            want: "a template of this stack",
          },
        ),
      ),
    );
