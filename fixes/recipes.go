package fixes

// Recipes lists what kiln can fix, in the order of the layers.
func Recipes() []Recipe {
	return []Recipe{}
}
