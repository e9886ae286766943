const SECONDS = new Map([
  ["ms", 0.001],
  ["s", 1],
  ["m", 60],
  ["h", 3600],
]);

/** Seconds of a duration as Kubernetes and its controllers write it (`72h`, `1h30m`); infinite for `Never` and for what is not said. */
export const secondsOf = (duration: string | undefined): number =>
  duration === undefined || duration === "Never"
    ? Number.POSITIVE_INFINITY
    : [...duration.matchAll(/([\d.]+)(ms|[smh])/g)].reduce(
        (sum, [, amount, unit]) => sum + Number(amount) * (SECONDS.get(unit ?? "") ?? 0),
        0,
      );
