package fixes

import (
	"context"
	"errors"
	"slices"

	"kiln/kube"
)

// Denied says which rights a plan takes that the identity in use doesn't have,
// each once; empty if the server would let it. It is asked before a preview, so
// that nobody looks at what they may not do without knowing.
func (f *Fixer) Denied(ctx context.Context, plan Plan) []*kube.NotAllowedError {
	var denied []*kube.NotAllowedError
	for _, change := range plan.Changes {
		var no *kube.NotAllowedError
		err := f.Cluster.Allowed(ctx, verbOf(change.Mechanism), change.Target)
		if errors.As(err, &no) && !slices.ContainsFunc(denied, func(d *kube.NotAllowedError) bool { return *d == *no }) {
			denied = append(denied, no)
		}
	}
	return denied
}
