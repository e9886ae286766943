package main

import (
	"context"
	"time"

	aws "github.com/aws/karpenter-provider-aws/pkg/apis/v1"
	"github.com/awslabs/operatorpkg/status"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/karpenter/kwok/apis/v1alpha1"
	kwok "sigs.k8s.io/karpenter/kwok/cloudprovider"
	"sigs.k8s.io/karpenter/pkg/cloudprovider"
)

// provider is the cloud of the `kwok` command for pools whose node class is an EC2NodeClass.
type provider struct{ *kwok.CloudProvider }

func newProvider(ctx context.Context, kube client.Client, boot time.Duration, types []*cloudprovider.InstanceType) provider {
	return provider{kwok.NewCloudProvider(ctx, nodeClasses{kube, boot}, types)}
}

// GetSupportedNodeClasses tells Karpenter whose pools are its own.
func (provider) GetSupportedNodeClasses() []status.Object {
	return []status.Object{&aws.EC2NodeClass{}}
}

// nodeClasses answers for a KWOKNodeClass when there is an EC2NodeClass of that name. All else goes to the cluster.
type nodeClasses struct {
	client.Client
	boot time.Duration
}

func (c nodeClasses) Get(ctx context.Context, key client.ObjectKey, object client.Object, options ...client.GetOption) error {
	class, ok := object.(*v1alpha1.KWOKNodeClass)
	if !ok {
		return c.Client.Get(ctx, key, object, options...)
	}
	class.Spec.NodeRegistrationDelay = metav1.Duration{Duration: c.boot}
	return c.Client.Get(ctx, key, &aws.EC2NodeClass{}, options...)
}

// readiness says of every node class what the AWS provider says once it has found the images, subnets and security groups.
type readiness struct{ client.Client }

func (r *readiness) Reconcile(ctx context.Context, class *aws.EC2NodeClass) (reconcile.Result, error) {
	stored := class.DeepCopy()
	conditions := class.StatusConditions()
	for _, condition := range conditions.List() {
		if condition.Type != status.ConditionReady {
			conditions.SetTrue(condition.Type)
		}
	}
	if equality.Semantic.DeepEqual(stored, class) {
		return reconcile.Result{}, nil
	}
	return reconcile.Result{}, client.IgnoreNotFound(r.Status().Patch(ctx, class, client.MergeFrom(stored)))
}

func (r *readiness) Register(_ context.Context, m manager.Manager) error {
	return ctrl.NewControllerManagedBy(m).
		Named("nodeclass.readiness").
		For(&aws.EC2NodeClass{}).
		Complete(reconcile.AsReconciler(r.Client, r))
}
