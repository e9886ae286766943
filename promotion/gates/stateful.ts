import { nameOf, typeOf } from "#engine/events";
import { counted } from "#render/counted";
import { few } from "./few.ts";
import type { Gate, LayerPreview } from "./gate.ts";
import { STATEFUL } from "./stateful-types.ts";

/** Resources with data that would go, and what would be lost. */
export const lostIn = ({ replaced, deleted }: LayerPreview) =>
  [...replaced.map((urn) => ({ urn, how: "replaced" })), ...deleted.map((urn) => ({ urn, how: "deleted" }))].flatMap(
    ({ urn, how }) => {
      const holds = STATEFUL.get(typeOf(urn));
      return holds === undefined ? [] : [{ urn, text: `${nameOf(urn)} would be ${how}, with ${holds}` }];
    },
  );

export const stateful: Gate = {
  name: "stateful",
  summary: "nothing that holds data is replaced or deleted, except what a person has named",
  async check({ previews, allowReplace }) {
    const lost = (await previews()).flatMap(lostIn);
    const refused = lost.filter(({ urn }) => !allowReplace.includes(urn));
    const allowed = lost.length - refused.length;
    return refused.length === 0
      ? { passed: true, detail: allowed === 0 ? "none" : `${counted(allowed, "replacement")} allowed by name` }
      : {
          passed: false,
          detail: few(refused.map(({ text }) => text)),
          remedy: `if that is meant, allow it with one approval more: ${refused.map(({ urn }) => `--allow-replace '${urn}'`).join(" ")}`,
        };
  },
};
