package audit

import (
	"kiln/kube"
	"kiln/scanners"
	"kiln/scanners/installed"
)

func noLogShipping(tools installed.Table) scanners.Check {
	return missingTool(tools, installed.LogShipping, "ships the logs of pods away from their nodes", scanners.Check{
		ID: "audit/no-log-shipping", Severity: scanners.Medium, Title: "Logs stay on the nodes and are lost with them",
		References: []string{"NSA"},
	})
}

func noMetrics(tools installed.Table) scanners.Check {
	return missingTool(tools, installed.Metrics, "collects metrics over time", scanners.Check{
		ID: "audit/no-metrics", Severity: scanners.Low, Title: "Nobody collects metrics",
		References: []string{"NSA"},
	})
}

func noRuntimeDetection(tools installed.Table) scanners.Check {
	return missingTool(tools, installed.RuntimeDetection, "watches what containers do at run time", scanners.Check{
		ID: "audit/no-runtime-detection", Severity: scanners.Medium, Title: "Nobody would notice an attack inside a container",
		References: []string{"NSA"},
	})
}

func noFlowLogs(tools installed.Table) scanners.Check {
	return missingTool(tools, installed.FlowLogs, "records which pods talk to which", scanners.Check{
		ID: "audit/no-flow-logs", Severity: scanners.Info, Title: "Nobody records who talks to whom",
		References: []string{"NSA"},
	})
}

// missingTool completes a check that some tool of a category runs. Manifests
// show a part of a cluster, so what isn't in them proves nothing.
func missingTool(tools installed.Table, category installed.Category, does string, c scanners.Check) scanners.Check {
	c.Layer, c.Fix = scanners.Audit, scanners.Manual
	c.Needs = installed.Resources()
	c.Find = func(inv *kube.Inventory) scanners.Result {
		switch {
		case len(tools.Find(inv, category)) > 0:
			return scanners.Result{}
		case inv.FromFiles():
			return scanners.Unknown("manifests don't tell what else runs in the cluster")
		}
		return scanners.Found([]scanners.Hit{{
			Object: scanners.Cluster(), Key: string(category),
			Message: "runs nothing that kiln recognises and that " + does,
		}})
	}
	return c
}
