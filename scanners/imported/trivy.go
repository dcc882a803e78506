package imported

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"kiln/kube"
	"kiln/scanners"
)

func trivy() scanners.Check {
	return scanners.Check{
		ID: "import/trivy", Layer: scanners.Pod, Severity: scanners.Info,
		Title:      "Trivy Operator reports something",
		References: []string{"Trivy Operator"},
		Fix:        scanners.Manual,
		Needs:      trivyResources(),
		Hints:      append(kube.WorkloadResources(), kube.Namespaces, kube.Nodes, kube.ClusterRoles, kube.Roles),
		Find:       findTrivy,
	}
}

// trivyKind is one kind of report and how it is read.
type trivyKind struct {
	resource kube.Resource
	read     func(trivyReport) []scanners.Hit
}

func trivyKinds() []trivyKind {
	return []trivyKind{
		{kube.VulnerabilityReports, vulnerabilities},
		{kube.ClusterVulnerabilityReports, vulnerabilities},
		{kube.ExposedSecretReports, exposedSecrets},
		{kube.ConfigAuditReports, failedAudits},
		{kube.ClusterConfigAuditReports, failedAudits},
		{kube.RbacAssessmentReports, failedAudits},
		{kube.ClusterRbacAssessmentReports, failedAudits},
		{kube.InfraAssessmentReports, failedAudits},
		{kube.ClusterInfraAssessmentReports, failedAudits},
		{kube.ClusterComplianceReports, failedControls},
	}
}

func trivyResources() []kube.Resource {
	var all []kube.Resource
	for _, k := range trivyKinds() {
		all = append(all, k.resource)
	}
	return all
}

func findTrivy(inv *kube.Inventory) scanners.Result {
	known := objectsOf(inv)
	var hits []scanners.Hit
	reports := 0
	for _, k := range trivyKinds() {
		reports += len(inv.Custom[k.resource])
		for _, r := range newest(inv.Custom[k.resource], known) {
			hits = append(hits, k.read(r)...)
		}
	}
	if reports == 0 {
		return scanners.Unknown("no reports of Trivy Operator are there")
	}
	return scanners.Found(hits)
}

// trivyReport is a report with what its labels say that it is about.
type trivyReport struct {
	*unstructured.Unstructured
	object    kube.Object
	container string
}

// newest leaves one report for each container of an object: a Deployment's
// former ReplicaSets have reports too.
func newest(reports []*unstructured.Unstructured, known objects) []trivyReport {
	type subject struct {
		object    kube.Object
		container string
	}
	at := map[subject]int{}
	var kept []trivyReport
	for _, report := range reports {
		r := reportOf(report, known)
		i, seen := at[subject{r.object, r.container}]
		switch {
		case !seen:
			at[subject{r.object, r.container}] = len(kept)
			kept = append(kept, r)
		case kept[i].GetCreationTimestamp().Time.Before(r.GetCreationTimestamp().Time):
			kept[i] = r
		}
	}
	return kept
}

func reportOf(r *unstructured.Unstructured, known objects) trivyReport {
	labels := r.GetLabels()
	name := labels[resourceName]
	if name == "" {
		name = r.GetAnnotations()[resourceName] // no label may hold "system:node"
	}
	return trivyReport{r, known.find(labels["trivy-operator.resource.kind"], r.GetNamespace(), name, r), labels["trivy-operator.container.name"]}
}

const resourceName = "trivy-operator.resource.name"

func (r trivyReport) hit(key, message string, severity scanners.Severity) scanners.Hit {
	return scanners.Hit{Object: r.object, Container: r.container, Key: key, Message: message, Severity: severity}
}

func (r trivyReport) items(list ...string) []map[string]any {
	items, _, _ := unstructured.NestedSlice(r.Object, list...)
	all := make([]map[string]any, 0, len(items))
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}

func (r trivyReport) image() string {
	repository, _, _ := unstructured.NestedString(r.Object, "report", "artifact", "repository")
	tag, _, _ := unstructured.NestedString(r.Object, "report", "artifact", "tag")
	return strings.TrimSuffix(repository+":"+tag, ":")
}

// vulnerabilities makes one finding per image: hundreds of CVEs are mended
// together, by another image.
func vulnerabilities(r trivyReport) []scanners.Hit {
	count := map[scanners.Severity]int{}
	var worst scanners.Severity
	var ids []string
	fixable := 0
	for _, v := range r.items("report", "vulnerabilities") {
		s := severityOf(text(v, "severity"))
		count[s]++
		if s > worst {
			worst, ids = s, nil
		}
		if s == worst {
			ids = append(ids, text(v, "vulnerabilityID"))
		}
		if text(v, "fixedVersion") != "" {
			fixable++
		}
	}
	var parts []string
	for _, s := range scanners.Severities() {
		if count[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[s], s))
		}
	}
	if count[0] > 0 {
		parts = append(parts, fmt.Sprintf("%d unrated", count[0]))
	}
	if len(parts) == 0 {
		return nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	const most = 5
	named := strings.Join(ids[:min(most, len(ids))], ", ")
	if len(ids) > most {
		named += fmt.Sprintf(" and %d more", len(ids)-most)
	}
	message := fmt.Sprintf("Trivy: image %s has known vulnerabilities: %s, %d of them fixed in a newer version; the worst: %s",
		r.image(), strings.Join(parts, ", "), fixable, named)
	return []scanners.Hit{r.hit("vulnerabilities", message, max(worst, scanners.Info))}
}

func failedAudits(r trivyReport) []scanners.Hit {
	var hits []scanners.Hit
	for _, c := range r.items("report", "checks") {
		if success, _ := c["success"].(bool); success {
			continue
		}
		id := text(c, "checkID")
		hits = append(hits, r.hit("audit "+id, fmt.Sprintf("Trivy %s: %s", id, text(c, "title")), severityOf(text(c, "severity"))))
	}
	return hits
}

func exposedSecrets(r trivyReport) []scanners.Hit {
	var hits []scanners.Hit
	for _, s := range r.items("report", "secrets") {
		message := fmt.Sprintf("Trivy: image %s holds a secret in %s: %s", r.image(), text(s, "target"), text(s, "title"))
		hits = append(hits, r.hit("secret "+text(s, "ruleID")+" "+text(s, "target"), message, severityOf(text(s, "severity"))))
	}
	return hits
}

// failedControls are those of a compliance report, such as of the CIS
// benchmark: by its summary, or by its details, as the report was asked for.
func failedControls(r trivyReport) []scanners.Hit {
	title, _, _ := unstructured.NestedString(r.Object, "spec", "compliance", "title")
	if title == "" {
		title = r.GetName()
	}
	var hits []scanners.Hit
	control := func(c map[string]any, failed int64) {
		id := text(c, "id")
		message := fmt.Sprintf("Trivy, %s %s: %s", title, id, text(c, "name"))
		if failed > 0 {
			message += fmt.Sprintf(" (%d failed)", failed)
		}
		hits = append(hits, r.hit("control "+id, message, severityOf(text(c, "severity"))))
	}
	for _, c := range r.items("status", "summaryReport", "controlCheck") {
		if failed, _ := c["totalFail"].(int64); failed > 0 {
			control(c, failed)
		}
	}
	for _, c := range r.items("status", "detailReport", "results") {
		if failed := failures(c); failed > 0 || text(c, "status") == "FAIL" {
			control(c, failed)
		}
	}
	return hits
}

func failures(result map[string]any) int64 {
	var failed int64
	checks, _ := result["checks"].([]any)
	for _, check := range checks {
		if c, ok := check.(map[string]any); ok && c["success"] == false {
			failed++
		}
	}
	return failed
}
