package api

import (
	"fmt"
	"net"
	"strings"

	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/flags"
)

// componentFlag is a check of a flag of kube-controller-manager or
// kube-scheduler. Nothing but their pods shows it: their /flagz isn't served
// through the API server.
type componentFlag struct {
	program    string
	id, title  string
	severity   scanners.Severity
	references []string
	// fault says what is wrong with the flags; empty if nothing.
	fault func(flags.Program) string
}

const (
	controllerManager = "kube-controller-manager"
	scheduler         = "kube-scheduler"
)

func (c componentFlag) check() scanners.Check {
	return scanners.Check{
		ID: c.id, Layer: scanners.API, Severity: c.severity, Title: c.title, References: c.references,
		Fix: scanners.Manual, Reads: kube.WorkloadResources(), Hints: []kube.Resource{kube.Nodes, kube.ServerVersion}, Find: c.find,
	}
}

func (c componentFlag) find(inv *kube.Inventory) scanners.Result {
	running := flags.Programs(inv, c.program)
	if len(running) == 0 {
		return scanners.Unknown(unseen(inv, c.program))
	}
	var hits []scanners.Hit
	for _, p := range running {
		if fault := c.fault(p); fault != "" {
			hits = append(hits, scanners.Hit{
				Object: scanners.Component(inv, c.program, p.Object), Path: p.Path + ".command", Message: fault,
			})
		}
	}
	return scanners.Found(hits)
}

// unseen says why a program's flags aren't visible, and where to look.
func unseen(inv *kube.Inventory, program string) string {
	if p, managed := kube.ProviderOf(inv.Source.Version, inv.Nodes); managed {
		return fmt.Sprintf("%s runs it, and doesn't show the flags of %s: ask your provider", p.Name, program)
	}
	return fmt.Sprintf("no pod in kube-system runs %s: look at its flags on the control plane (ps -ef, or its unit)", program)
}

func controllerFlags() []scanners.Check {
	return []scanners.Check{
		componentFlag{
			program: controllerManager, id: "api/flag-controller-manager-credentials",
			title:    "All controllers act with the controller manager's own rights",
			severity: scanners.Medium, references: []string{"CIS 1.3.3", "C-0146"},
			fault: func(p flags.Program) string {
				return faultUnless(p.Flag("use-service-account-credentials").Bool(false), "runs all controllers as one user: set --use-service-account-credentials=true")
			},
		}.check(),
		componentFlag{
			program: controllerManager, id: "api/flag-controller-manager-service-account-key",
			title:    "The controller manager has no key for ServiceAccounts' tokens",
			severity: scanners.Low, references: []string{"CIS 1.3.4", "C-0147"},
			fault: func(p flags.Program) string {
				return faultUnless(p.Flag("service-account-private-key-file").Set, "has no key of its own for ServiceAccounts' tokens: set --service-account-private-key-file")
			},
		}.check(),
		componentFlag{
			program: controllerManager, id: "api/flag-controller-manager-root-ca",
			title:    "Pods aren't told how to recognise the API server",
			severity: scanners.Low, references: []string{"CIS 1.3.5", "C-0148"},
			fault: func(p flags.Program) string {
				return faultUnless(p.Flag("root-ca-file").Set, "gives pods no authority to check the API server's certificate with: set --root-ca-file")
			},
		}.check(),
		componentFlag{
			program: controllerManager, id: "api/flag-controller-manager-kubelet-certificates",
			title:    "Kubelets' serving certificates are not renewed",
			severity: scanners.Low, references: []string{"CIS 1.3.6", "C-0149"},
			fault: func(p flags.Program) string {
				off := strings.Contains(strings.ToLower(p.Flag("feature-gates").Text), "rotatekubeletservercertificate=false")
				return faultUnless(!off, "has RotateKubeletServerCertificate off: remove it from --feature-gates")
			},
		}.check(),
		componentFlag{
			program: controllerManager, id: "api/flag-controller-manager-pod-gc",
			title:    "Finished pods are hardly ever cleared away",
			severity: scanners.Info, references: []string{"CIS 1.3.1", "C-0144"},
			fault: func(p flags.Program) string {
				threshold := p.Flag("terminated-pod-gc-threshold")
				if !threshold.Set {
					return "keeps up to 12500 finished pods, the default: set --terminated-pod-gc-threshold to what you look at, such as 1000"
				}
				return faultUnless(threshold.Int() > 0, "never clears finished pods away: set --terminated-pod-gc-threshold")
			},
		}.check(),
		profilingOf(controllerManager, "api/flag-controller-manager-profiling", "The controller manager offers its profiler", "CIS 1.3.2", "C-0145"),
		addressOf(controllerManager, "api/flag-controller-manager-bind-address", "The controller manager listens on all addresses", "CIS 1.3.7", "C-0150"),
		profilingOf(scheduler, "api/flag-scheduler-profiling", "The scheduler offers its profiler", "CIS 1.4.1", "C-0151"),
		addressOf(scheduler, "api/flag-scheduler-bind-address", "The scheduler listens on all addresses", "CIS 1.4.2", "C-0152"),
	}
}

func profilingOf(program, id, title string, references ...string) scanners.Check {
	return componentFlag{
		program: program, id: id, title: title, severity: scanners.Low, references: references,
		fault: func(p flags.Program) string {
			return faultUnless(!p.Flag("profiling").Bool(true), "serves /debug/pprof: set --profiling=false")
		},
	}.check()
}

// addressOf: the default is all addresses. The old name of the flag counts too.
func addressOf(program, id, title string, references ...string) scanners.Check {
	return componentFlag{
		program: program, id: id, title: title, severity: scanners.Low, references: references,
		fault: func(p flags.Program) string {
			address := p.Flag("bind-address")
			if !address.Set {
				address = p.Flag("address")
			}
			ip := net.ParseIP(address.Text)
			return faultUnless(ip != nil && ip.IsLoopback(), "serves its metrics and health to the network: set --bind-address=127.0.0.1")
		},
	}.check()
}

func faultUnless(fine bool, message string) string {
	if fine {
		return ""
	}
	return message
}
