import type { Trained } from "#rehearsal/model-store/train";
import { sha256 } from "#toolchain/digest";

/** What training says of a version, made up. */
export const trainedAs = (model: string, version: string): Trained => ({
  model,
  version,
  run: sha256(`run ${model} ${version}`).slice(0, 32),
  data: "scikit-learn's iris",
  metrics: { train: { auc: 0.99 }, validation: { auc: 0.97 }, test: { auc: 0.96 } },
  parameters: { C: "1.0" },
  sha256: sha256(`${model} ${version}`),
});
