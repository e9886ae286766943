/** Files that are read or written at one time. */
const AT_ONCE = 4;

/**
 * Runs a task for each item, a few at a time, in their order. The first failure stops all others and is thrown once they have ended.
 *
 * @param task gets a signal that is aborted by the caller's, or by the failure of another task.
 */
export async function eachAtOnce<T>(
  items: readonly T[],
  signal: AbortSignal,
  task: (item: T, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  signal.throwIfAborted();
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const left = items.values();
  let failure: { error: unknown } | undefined;
  const worker = async () => {
    for (const item of left) {
      if (either.aborted) {
        return;
      }
      try {
        await task(item, either);
      } catch (error) {
        failure ??= { error };
        stop.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  signal.throwIfAborted();
  if (failure) {
    throw failure.error;
  }
}
