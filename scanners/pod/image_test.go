package pod

import (
	"strings"
	"testing"
)

func TestParseImage(t *testing.T) {
	digest := "sha256:" + strings.Repeat("0", 64)
	for reference, want := range map[string]image{
		"nginx":                             {name: "nginx"},
		"nginx:1.29":                        {name: "nginx", tag: "1.29"},
		"registry:5000/app":                 {name: "registry:5000/app"},
		"registry:5000/team/app:v2":         {name: "registry:5000/team/app", tag: "v2"},
		"registry:5000/app@" + digest:       {name: "registry:5000/app", digest: digest},
		"ghcr.io/team/app:latest@" + digest: {name: "ghcr.io/team/app", tag: "latest", digest: digest},
		"auto":                              {},
		"":                                  {},
	} {
		if got := parseImage(reference); got != want {
			t.Errorf("%q is %+v, want %+v", reference, got, want)
		}
	}
}

func TestImages(t *testing.T) {
	pinned := "nginx@sha256:" + strings.Repeat("0", 64)
	run(t, imageLatest(),
		is("no tag, or latest", pod(`{containers: [{name: a, image: nginx}, {name: b, image: "reg:5000/b:latest"}]}`), []string{
			`spec.containers[0].image: container "a" runs whatever is the latest nginx`,
			`spec.containers[1].image: container "b" runs whatever is the latest reg:5000/b`,
		}),
		is("a version, a digest, an injected sidecar", pod(`{containers: [{name: a, image: "nginx:1.29"}, {name: b, image: "`+pinned+`"}, {name: istio-proxy, image: auto}]}`), none),
	)
	run(t, imageDigest(),
		is("a tag", pod(`{containers: [{name: a, image: "nginx:1.29"}]}`), []string{`spec.containers[0].image: container "a" runs nginx:1.29 by a tag that can be moved`}),
		is("no tag at all", pod(`{containers: [{name: a, image: nginx}]}`), []string{`spec.containers[0].image: container "a" runs nginx, which can be moved`}),
		is("a digest", pod(`{containers: [{name: a, image: "`+pinned+`"}]}`), none),
	)
	run(t, imagePullPolicy(),
		is("latest from the node's store", pod(`{containers: [{name: a, image: nginx, imagePullPolicy: IfNotPresent}]}`), []string{
			`spec.containers[0].imagePullPolicy: container "a" runs the copy of nginx that its node happens to have`,
		}),
		is("Always, the default, a version, a digest", pod(`{containers: [{name: a, image: nginx, imagePullPolicy: Always}, {name: b, image: nginx},
			{name: c, image: "nginx:1.29", imagePullPolicy: IfNotPresent}, {name: d, image: "`+pinned+`", imagePullPolicy: Never}]}`), none),
	)
}
