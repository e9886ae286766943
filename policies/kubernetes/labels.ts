/** Labels and annotations that tell rules the purpose of an object. */

/** On namespaces that hold model servers; its value is the team. */
export const SERVES = "millrace.dev/serves";

/** On namespaces in which a team trains; its value is the team. */
export const TEAM = "millrace.dev/team";

/** On the namespace of the tracking server. */
export const TRACKING = "millrace.dev/tracking";

/** On namespaces that a pinned chart fills. */
export const FILLED_BY = "millrace.dev/filled-by";

/** How Pod Security confines the pods of a namespace (Kubernetes documentation, "Pod Security Admission"). */
export const POD_SECURITY = "pod-security.kubernetes.io/enforce";

/** Release of the Pod Security standards that a namespace takes; the API server's own where it is not said. */
export const POD_SECURITY_VERSION = `${POD_SECURITY}-version`;

/** Name of a namespace, as a label that the API server sets and nobody can remove. */
export const NAMESPACE_NAME = "kubernetes.io/metadata.name";

/** Name of the queue of a job (Kueue). */
export const QUEUE = "kueue.x-k8s.io/queue-name";
