package kube

import (
	"context"
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// gapOf says in people's words why r could not be read.
func gapOf(r Resource, err error, user string) Gap {
	g := Gap{Resource: r}
	switch {
	case apierrors.IsForbidden(err):
		g.Reason = "forbidden"
		if user != "" {
			g.Reason = "forbidden for " + Clean(user)
		}
		g.Remedy = "needs the right to list them"
	case apierrors.IsUnauthorized(err):
		g.Reason, g.Remedy = "the server no longer accepts our credentials", "log in again"
	case apierrors.IsNotFound(err), apierrors.IsMethodNotSupported(err):
		g.Reason = "this server doesn't serve it"
	case apierrors.IsResourceExpired(err):
		g.Reason, g.Remedy = "the list changed faster than it could be read", "scan again"
	case errors.Is(err, context.DeadlineExceeded), apierrors.IsTimeout(err), apierrors.IsServerTimeout(err):
		g.Reason, g.Remedy = "the server did not answer in time", "scan again, or one namespace at a time with -n"
	default:
		g.Reason = Clean(err.Error())
	}
	return g
}
