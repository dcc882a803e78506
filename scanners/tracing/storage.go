package tracing

import (
	"encoding/json"
	"fmt"

	"kiln/kube"
	"kiln/scanners/flags"
)

const storageWhy = "What is left is written to etcd, the only place where the cluster's state lives; controllers and kubelets learn of it by their watches. " +
	"Who can read etcd's disk, its backups or its port reads all that isn't encrypted at rest, whatever RBAC says."

// storage explains what would be stored.
func storage(t kube.Trace, inv *kube.Inventory) Step {
	s := Step{Name: "etcd", Why: storageWhy}
	if t.Request.HandsOn() && t.Access.Allowed {
		s.Outcome, s.Title = Passed, "handed on to "+handedTo(t.Request)+": the server only looks up where that is, and stores nothing"
		return s
	}
	switch t.Request.Verb {
	case "get", "list", "watch":
		if !t.Access.Allowed {
			break
		}
		s.Outcome, s.Title = Passed, "read from etcd, or from the server's own copy of it: nothing is stored"
		s.Says = encryption(t, inv)
		return s
	}
	switch a := t.Admission; {
	case a.NotAsked != "" && t.Access.Allowed:
		s.Outcome, s.Title = Skipped, "what would be stored isn't known without a dry run"
	case !a.Passed() || !t.Access.Allowed:
		s.Outcome, s.Title = NotReached, "the request doesn't get this far: nothing would be stored"
	case a.Stored == nil:
		s.Outcome, s.Title = Passed, "the object would be removed, once its finalizers are done"
	default:
		s.Outcome, s.Title = Passed, "stored would be "+kube.Clean(kube.RefOf(a.Stored).String())
		if raw, err := json.Marshal(a.Stored.Object); err == nil {
			s.Says = append(s.Says, fmt.Sprintf("about %d bytes as JSON; etcd takes 1.5 MiB per object", len(raw)))
		}
		s.Says = append(s.Says, encryption(t, inv)...)
	}
	return s
}

// handedTo is who answers a request that the server hands on.
func handedTo(req kube.TraceRequest) string {
	switch {
	case req.Resource.Resource == "nodes":
		return "the node's kubelet"
	case req.Subresource == "proxy":
		return "what runs behind it"
	}
	return "the kubelet of the pod's node"
}

// encryption says what the server's flags tell of encryption at rest.
func encryption(t kube.Trace, inv *kube.Inventory) []string {
	if gap, ok := inv.Gap(kube.APIServerFlags); ok || len(inv.APIServer.Flags) == 0 {
		text := "whether it is encrypted at rest isn't known: no flags of kube-apiserver are visible"
		if ok {
			text += " (" + gap.Reason + ")"
		}
		return []string{kube.Clean(text)}
	}
	if !flags.Of(inv, "encryption-provider-config").Set {
		return []string{"not encrypted at rest: kube-apiserver has no --encryption-provider-config, and " + t.Request.Resource.Resource + " lie in etcd in the clear"}
	}
	return []string{"kube-apiserver has an --encryption-provider-config: that file, which kiln can't read, says whether " + t.Request.Resource.Resource + " are among what is encrypted"}
}
