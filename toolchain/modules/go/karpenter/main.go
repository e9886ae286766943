// Command karpenter is Karpenter's own core without a cloud. Nodes are objects that nobody stands behind, as in the project's own
// `kwok` command; node classes are those of the AWS provider, so that pools made for AWS need no change.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/cloudprovider/overlay"
	"sigs.k8s.io/karpenter/pkg/controllers"
	"sigs.k8s.io/karpenter/pkg/controllers/state"
	"sigs.k8s.io/karpenter/pkg/operator"
)

// Seconds from a node's order to its object. Not set: 0.
const bootSeconds = "NODE_BOOT_SECONDS"

func main() {
	boot, err := bootTime()
	if err != nil {
		fail(err)
	}
	ctx, op := operator.NewOperator()
	types, err := kwok.ConstructInstanceTypes(ctx)
	if err != nil {
		fail(err)
	}
	bare := newProvider(ctx, op.GetClient(), boot, types)
	provider := overlay.Decorate(bare, op.GetClient(), op.InstanceTypeStore)
	cluster := state.NewCluster(op.Clock, op.GetClient(), provider)
	op.
		WithControllers(ctx, controllers.NewControllers(
			ctx, op.Manager, op.Clock, op.GetClient(), op.EventRecorder, provider, bare, cluster, op.InstanceTypeStore,
		)...).
		WithControllers(ctx, &readiness{op.GetClient()}).
		Start(ctx)
}

func bootTime() (time.Duration, error) {
	text := os.Getenv(bootSeconds)
	if text == "" {
		return 0, nil
	}
	seconds, err := strconv.ParseFloat(text, 64)
	if err != nil || !(seconds >= 0 && seconds <= 3600) {
		return 0, fmt.Errorf("%s must be a number of seconds from 0 to 3600, got '%s'", bootSeconds, text)
	}
	return time.Duration(seconds * float64(time.Second)), nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "karpenter:", err)
	os.Exit(2)
}
