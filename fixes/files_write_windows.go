package fixes

import (
	"io/fs"
	"os"
)

// keepOwner does nothing: a new file inherits its folder's rights.
func keepOwner(*os.File, fs.FileInfo) error { return nil }
