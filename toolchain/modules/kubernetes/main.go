// Pulumi's own Kubernetes provider. Its own main package embeds a schema that is generated when a release is made and that the module
// does not carry. Programs in TypeScript never ask for it: their SDK has been generated from it.
package main

import "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"

// What the engine is told: the linker sets it.
var version string

func main() {
	provider.Serve("kubernetes", version, []byte("{}"), []byte("{}"))
}
