import { describe, expect, it } from "vitest";
import { Guardrails } from "#components/admission/guardrails";
import { record, refusal } from "../../harness/graph.ts";
import { admissionPolicy as policy } from "../minimal.ts";

const recorded = () => record(() => new Guardrails("guardrails", { policies: [policy("a"), policy("b", "Warn")] }));

describe("Guardrails", () => {
  it("makes a policy and its binding for each rule, under the rule's own name", async () => {
    const children = (await recorded()).filter(({ parent }) => parent === "guardrails");
    children.sort((one, other) => one.name.localeCompare(other.name));
    expect(children.map(({ type, name, inputs }) => [type.split(":").at(-1), name, inputs["metadata"], inputs["spec"]])).toEqual([
      ["ValidatingAdmissionPolicy", "guardrails-a", { name: "a" }, policy("a").spec],
      ["ValidatingAdmissionPolicyBinding", "guardrails-a-binding", { name: "a" }, policy("a").binding],
      ["ValidatingAdmissionPolicy", "guardrails-b", { name: "b" }, policy("b").spec],
      ["ValidatingAdmissionPolicyBinding", "guardrails-b-binding", { name: "b" }, policy("b", "Warn").binding],
    ]);
  });

  it("binds a policy after it exists", async () => {
    const bindings = (await recorded()).filter(({ type }) => type.endsWith("Binding"));
    expect(bindings.map(({ name, dependencies }) => [name, dependencies])).toEqual([
      ["guardrails-a-binding", ["guardrails-a"]],
      ["guardrails-b-binding", ["guardrails-b"]],
    ]);
  });

  it("makes nothing without rules", async () => {
    expect((await record(() => new Guardrails("guardrails", { policies: [] }))).filter(({ custom }) => custom)).toEqual([]);
  });

  it("refuses two policies of one name", async () => {
    expect(await refusal(() => new Guardrails("guardrails", { policies: [policy("a"), policy("a")] }))).toBe(
      "'policies' must be distinct, got 'a'",
    );
  });
});
