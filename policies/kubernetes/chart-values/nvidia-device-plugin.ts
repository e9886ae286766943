import type { KnownChart } from "./tree.ts";

/** Written by `npm run refresh:charts`. */
export const NVIDIA_DEVICE_PLUGIN: KnownChart = {
  version: "0.20.0",
  read: "0.20.0",
  keys: `
* compatWithCPUManager deviceDiscoveryStrategy deviceIDStrategy deviceListStrategy failOnInitError gdrcopyEnabled
* gdsEnabled migStrategy mofedEnabled namespace noTimestamp nvidiaDevRoot nvidiaDriverRoot runtimeClassName
* sleepInterval
b allowDefaultNamespace
c selectorLabelsOverride
l imagePullSecrets tolerations
m affinity global nfd nodeSelector podAnnotations podSecurityContext securityContext
r resources
s fullnameOverride nameOverride namespaceOverride priorityClassName
cdi:
 * featureFlags nvidiaHookPath
config:
 c map
 l fallbackStrategies
 s default name
devicePlugin:
 * enableHostNetwork
 b enabled
gfd:
 * enableHostNetwork noTimestamp sleepInterval
 b enabled
 m securityContext
 s nameOverride namespaceOverride
image:
 s pullPolicy repository tag
mps:
 * enableHostNetwork
 b enableHostPID
 s root
updateStrategy:
 * ...
 s type
`,
};
