package pod

import (
	"testing"

	"kiln/scanners"
	"kiln/scanners/scantest"
)

func TestCatalogue(t *testing.T) { scantest.Catalogue(t, scanners.Pod, Checks()) }
