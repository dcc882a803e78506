package api

import (
	"slices"

	"kiln/scanners"
	"kiln/scanners/rbac"
)

func rbacCSRApprove() scanners.Check {
	return right{
		id: "api/rbac-csr-approve", title: "A subject can approve client certificates, and so become anybody",
		severity:   scanners.High,
		references: []string{"CIS 5.1.11", "C-0280"},
		can:        "approve client certificates", permits: approves, clusterWide: true,
	}.check()
}

// approves needs two rules: one for the approval itself, one for a signer
// whose certificates the API server accepts from clients.
// They may come by two bindings; the one of the approval is told.
func approves(graph *rbac.Graph, grant rbac.Grant) (rbac.Rule, bool) {
	approval := approveRequests()
	var signers []rbac.Access
	for _, name := range []string{"", "kubernetes.io/*", "kubernetes.io/kube-apiserver-client", "kubernetes.io/kube-apiserver-client-kubelet"} {
		signers = append(signers, rbac.Access{Verb: "approve", Group: certificatesGroup, Resource: "signers", Name: name})
	}
	may := func(all []rbac.Access) func(rbac.Rule) bool {
		return func(r rbac.Rule) bool { return slices.ContainsFunc(all, r.Allows) }
	}
	i := slices.IndexFunc(grant.Added, may(approval))
	if i < 0 {
		return rbac.Rule{}, false
	}
	alike := func(other rbac.Grant) bool {
		return other.Subject == grant.Subject && other.Namespace == "" && slices.ContainsFunc(other.Rules, may(signers))
	}
	if !slices.ContainsFunc(grant.Added, may(signers)) && !slices.ContainsFunc(graph.Grants, alike) {
		return rbac.Rule{}, false
	}
	return grant.Added[i], true
}

const certificatesGroup = "certificates.k8s.io"

func approveRequests() []rbac.Access {
	return access(certificatesGroup, []string{"certificatesigningrequests/approval"}, "update", "patch")
}
