package kube

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// flagzTypes asks for the versioned form first (beta since 1.36) and takes the
// text form, which promises no format, from older servers.
const flagzTypes = "application/json;as=Flagz;v=v1beta1;g=config.k8s.io," +
	"application/json;as=Flagz;v=v1alpha1;g=config.k8s.io,text/plain"

const endpointTimeout = 10 * time.Second

// readControlPlane finds out what kube-apiserver and, where asked for, the
// kubelets run with. It needs the pods and nodes to be read.
func (col *collector) readControlPlane(ctx context.Context) {
	server, err := col.cluster.flagz(ctx)
	if err != nil {
		if static, ok := staticAPIServer(col.inv.Pods); ok {
			server, err = static, nil
		}
	}
	col.settleFlags(server, err)
	col.readKubelets(ctx)
}

func (col *collector) settleFlags(server APIServer, err error) {
	if err == nil {
		col.settle(APIServerFlags, batch{store: func(inv *Inventory) { inv.APIServer = server }}, nil)
		return
	}
	why := "/flagz is not served"
	if apierrors.IsForbidden(err) {
		why = "/flagz is forbidden"
	}
	remedy := "bind system:monitoring to read /flagz; on a managed control plane, check with the provider"
	if p, managed := ProviderOf(col.cluster.Version, col.inv.Nodes); managed {
		remedy = "this is " + p.Name + ": ask your provider; " + p.Where
	}
	col.settle(APIServerFlags, batch{}, &Gap{APIServerFlags,
		"kube-apiserver's flags are not observable here: " + why + " and no static pod shows them", remedy})
}

// flagz reads the flags that kube-apiserver itself reports, defaults included.
func (c *Cluster) flagz(ctx context.Context) (APIServer, error) {
	ctx, cancel := context.WithTimeout(ctx, endpointTimeout)
	defer cancel()
	raw, err := c.Client.Discovery().RESTClient().Get().AbsPath("/flagz").SetHeader("Accept", flagzTypes).DoRaw(ctx)
	if err != nil {
		return APIServer{}, err
	}
	flags := parseFlagz(raw)
	if len(flags) == 0 {
		return APIServer{}, fmt.Errorf("/flagz lists no flags")
	}
	return APIServer{Flags: flags, From: "/flagz"}, nil
}

// parseFlagz reads both forms of /flagz.
func parseFlagz(raw []byte) map[string]string {
	var versioned struct {
		Flags map[string]string `json:"flags"`
	}
	if json.Unmarshal(raw, &versioned) == nil {
		return versioned.Flags
	}
	flags := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for lines.Scan() {
		name, value, found := strings.Cut(strings.TrimSpace(lines.Text()), "=")
		if found && name != "" && !strings.Contains(name, " ") {
			flags[name] = strings.Trim(value, `"`)
		}
	}
	return flags
}

// staticAPIServer reads the flags off kube-apiserver's static pod. Flags that
// aren't set there have their defaults and are absent.
func staticAPIServer(pods []*Pod) (APIServer, bool) {
	for _, p := range pods {
		if p.spec == nil || !isStatic(p) {
			continue
		}
		for i := range p.spec.Containers {
			if flags, ok := ProgramFlags(&p.spec.Containers[i], "kube-apiserver"); ok {
				return APIServer{Flags: flags, From: "static pod " + p.Name}, true
			}
		}
	}
	return APIServer{}, false
}

// isStatic pods are files on a node, mirrored into the API; in a manifest they
// can't be told from others and often name no namespace, so there any pod will
// do.
func isStatic(p *Pod) bool {
	c := metav1.GetControllerOf(p)
	return p.UID == "" || p.Namespace == metav1.NamespaceSystem && c != nil && c.Kind == "Node"
}

// ProgramFlags reads the flags that a container gives to a program, in its
// command or in the script that its shell runs. ok is false where it runs
// something else.
func ProgramFlags(c *corev1.Container, program string) (flags map[string]string, ok bool) {
	command := slices.Concat(c.Command, c.Args)
	if len(command) == 0 {
		return nil, false
	}
	if path.Base(command[0]) == program {
		return parseCommand(command[1:]), true
	}
	if at := slices.Index(command, "-c"); at > 0 && at+1 < len(command) {
		words := strings.Fields(command[at+1])
		for i, word := range words {
			if path.Base(word) == program {
				return parseCommand(words[i+1:]), true
			}
		}
	}
	return nil, false
}

func parseCommand(args []string) map[string]string {
	flags := map[string]string{}
	for i := 0; i < len(args); i++ {
		name, isFlag := strings.CutPrefix(args[i], "--")
		if !isFlag {
			continue
		}
		value := "true"
		if n, v, ok := strings.Cut(name, "="); ok {
			name, value = n, v
		} else if i+1 < len(args) && !strings.HasPrefix(args[i+1], "-") {
			i++
			value = args[i]
		}
		flags[name] = strings.Trim(value, `"'`)
	}
	return flags
}
