package fixes

// volumeReclaimDelete keeps the data when the claim goes.
func volumeReclaimDelete() Recipe {
	return Recipe{Check: "data/volume-reclaim-delete", Plan: func(s Situation) (Plan, error) {
		change := applyTo(s.Live)
		change.Apply.Object["spec"] = map[string]any{"persistentVolumeReclaimPolicy": "Retain"}
		return Plan{
			Title:   "Keep the volume's data when its claim is deleted",
			Changes: []Change{change},
			Notes: []string{
				"From now on somebody has to delete the volume, and what it costs, by hand once its claim is gone.",
				"New volumes still do as their storage class says (reclaimPolicy).",
			},
		}, nil
	}}
}
