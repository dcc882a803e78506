package tui

// File is a file or folder of the terminal UI's own.
type File struct{ What, Path string }

// Files are those that the terminal UI reads or writes by itself, whether they
// are there yet or not. Skins and what fixes keep aren't among them.
func Files() ([]File, error) {
	path, err := pathFile()
	if err != nil {
		return nil, err
	}
	exports, err := exportsPath()
	if err != nil {
		return nil, err
	}
	return []File{
		{"Keys", keysFile()},
		{"Aliases", aliasesFile()},
		{"Saved views", viewsFile()},
		{"Guided path", path},
		{"Exports", exports},
	}, nil
}
