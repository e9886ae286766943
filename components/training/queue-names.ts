/**
 * The name by which Kueue finds the queue of a Job that names none (Kueue documentation, "LocalQueue defaulting"): no job of a team
 * hangs because somebody forgot a label. It hands out GPUs.
 */
export const LOCAL_QUEUE = "default";

/**
 * Queue of jobs without GPUs. It is apart from the other: in one ClusterQueue such a job would take processors of the GPU nodes when those
 * of its own pool are taken, and stand on GPU nodes with them.
 */
export const CPU_QUEUE = "cpu";

/** Label of a Job that says in which queue it waits. */
export const QUEUE_LABEL = "kueue.x-k8s.io/queue-name";
