package pod

import (
	"regexp"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"

	"kiln/kube"
	"kiln/scanners"
)

// standard is a rule of the Pod Security Standards, as Kubernetes' own
// library judges it, in the revision for the cluster's version.
type standard struct {
	forbids []policy.CheckPodFn
}

// standardFor picks the revision of each rule that holds for a server.
func standardFor(server string, rules ...policy.Check) standard {
	version := serverVersion(server)
	var s standard
	for _, rule := range rules {
		if revision := revisionFor(version, rule); revision != nil {
			s.forbids = append(s.forbids, revision)
		}
	}
	return s
}

// serverVersion reads v1.36.3 as 1.36. What can't be read is the latest.
func serverVersion(server string) api.Version {
	minor := regexp.MustCompile(`^v1\.\d+`).FindString(server)
	if version, err := api.ParseVersion(minor); minor != "" && err == nil {
		return version
	}
	return api.LatestVersion()
}

// revisionFor is nil for a version older than the rule.
func revisionFor(version api.Version, rule policy.Check) policy.CheckPodFn {
	var newest policy.CheckPodFn
	for _, revision := range rule.Versions {
		if !version.Older(revision.MinimumVersion) {
			newest = revision.CheckPod
		}
	}
	return newest
}

// allows is the library's verdict on a pod; why says what it forbids.
func (s standard) allows(meta *metav1.ObjectMeta, spec *corev1.PodSpec) (ok bool, why string) {
	for _, forbids := range s.forbids {
		if verdict := forbids(meta, spec); !verdict.Allowed {
			return false, verdict.ForbiddenReason + ": " + verdict.ForbiddenDetail
		}
	}
	return true, ""
}

// allowsContainer is the verdict on one container of w by itself, without
// what it inherits.
func (s standard) allowsContainer(c container) bool {
	spec, whole, at := bare(c.workload), c.workload.Spec, c.index
	switch c.kind {
	case kube.InitContainer:
		spec.InitContainers = whole.InitContainers[at : at+1]
	case kube.EphemeralContainer:
		spec.EphemeralContainers = whole.EphemeralContainers[at : at+1]
	default:
		spec.Containers = whole.Containers[at : at+1]
	}
	ok, _ := s.allows(&metav1.ObjectMeta{}, &spec)
	return ok
}

// allowsPodLevel is the verdict on the pod's security context by itself.
func (s standard) allowsPodLevel(w *kube.Workload) bool {
	spec := bare(w)
	spec.SecurityContext = w.Spec.SecurityContext
	ok, _ := s.allows(&metav1.ObjectMeta{}, &spec)
	return ok
}

// bare is a pod with nothing but what relaxes the rules: its operating system
// and its user namespace.
func bare(w *kube.Workload) corev1.PodSpec {
	return corev1.PodSpec{OS: w.Spec.OS, HostUsers: w.Spec.HostUsers}
}

// byStandard lets the library judge each workload, and locate only finds the
// fields at fault in those that it forbids. Should locate find none, the
// library's own words are the finding: its verdict is never lost.
func byStandard(locate func(*kube.Workload, standard, report), rules ...policy.Check) func(*kube.Inventory) scanners.Result {
	return func(inv *kube.Inventory) scanners.Result {
		s := standardFor(inv.Source.Version, rules...)
		var hits []scanners.Hit
		add := func(h scanners.Hit) { hits = append(hits, h) }
		for _, w := range inv.Workloads {
			ok, why := s.allows(w.Meta, w.Spec)
			if ok || w.Ended {
				continue
			}
			before := len(hits)
			locate(w, s, add)
			if len(hits) == before && !w.EphemeralOnly {
				add(scanners.Hit{Object: w.Object, Path: w.SpecPath, Message: why})
			}
		}
		return scanners.Found(hits)
	}
}

// containersByStandard is byStandard for rules about containers alone.
func containersByStandard(locate func(container, standard, report), rules ...policy.Check) func(*kube.Inventory) scanners.Result {
	return byStandard(func(w *kube.Workload, s standard, add report) {
		for c := range containers(w) {
			locate(c, s, add)
		}
	}, rules...)
}
