// Package kubernetes holds what the provider's components share.
package kubernetes

import "reflect"

// UntypedArgs are the fields of any object, as YAML has them.
type UntypedArgs map[string]any

// ElementType tells Pulumi's SDK what the fields resolve to.
func (UntypedArgs) ElementType() reflect.Type {
	return reflect.TypeFor[map[string]any]()
}
