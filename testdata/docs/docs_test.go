package main

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTheDocumentsAreUpToDate(t *testing.T) {
	const root = "../.."
	made, err := documents(root)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range made {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Error(err)
		} else if string(got) != want {
			t.Errorf("%s is not what the code says: make docs", name)
		}
	}
}
