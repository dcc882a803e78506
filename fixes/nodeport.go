package fixes

func nodePort() Recipe {
	return Recipe{Check: "network/nodeport", Plan: func(s Situation) (Plan, error) {
		change := applyTo(s.Live)
		change.Apply.Object["spec"] = map[string]any{"type": "ClusterIP"}
		return Plan{
			Title:   "Close the service's ports on the nodes",
			Changes: []Change{change},
			Notes: []string{
				"Clients outside the cluster lose it; put an Ingress with TLS, or a load balancer, before it if they need it.",
				"Taking this back asks for the same ports again; they may be taken by then.",
			},
		}, nil
	}}
}
