package kube_test

import (
	"slices"
	"strings"
	"testing"

	"kiln/kube"
)

func TestPodsKeepTheAddressesOfBothFamilies(t *testing.T) {
	for status, want := range map[string][]string{
		`{podIP: 10.1.2.3, podIPs: [{ip: 10.1.2.3}, {ip: "fd00:1::3"}]}`: {"10.1.2.3", "fd00:1::3"},
		`{podIP: "fd00:1::3", podIPs: [{ip: "fd00:1::3"}]}`:              {"fd00:1::3"},
		`{phase: Pending}`: nil,
	} {
		inv, problems, err := kube.ReadManifests(kube.ManifestOptions{Paths: []string{"-"}, Stdin: strings.NewReader(
			`{apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: c, image: i}]}, status: ` + status + `}`)})
		if err != nil || len(problems) > 0 {
			t.Fatal(err, problems)
		}
		if got := inv.Pods[0].IPs; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", status, got, want)
		}
	}
}
