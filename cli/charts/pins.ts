import { archiveOf, chartName, type PinnedChart } from "#components/chart";
import { CHART_IMAGES, type ImageValue } from "#components/chart-images";
import { CHARTS, type ChartPin } from "#components/versions";

/** A pinned chart: its name and version, where its people publish it, and its images. */
export interface Chart {
  name: string;
  version: string;
  /** Chart repository over HTTPS, or the whole `oci://` reference. */
  published: string;
  archive: string;
  values: readonly ImageValue[];
  /** Without tags, each once. */
  images: string[];
}

/** Every chart that is pinned in components/versions.ts. */
export const PINNED: readonly Chart[] = (Object.entries(CHARTS) as [PinnedChart, ChartPin][]).map(([key, pin]) => {
  const name = chartName(pin.chart);
  const values = CHART_IMAGES[key];
  return {
    name,
    version: pin.version,
    published: pin.repository ?? pin.chart,
    archive: archiveOf({ name, version: pin.version }),
    values,
    images: [...new Set(values.flatMap(({ images }) => images))],
  };
});
