package kube

import "sync"

// memo keeps what checks work out of an Inventory, so that those that ask the
// same do the work once. Each snapshot has its own.
type memo struct {
	mu     sync.Mutex
	values map[any]any
}

// Once returns what derive makes of inv, by a key whose type tells callers
// apart, and makes it only at the first call. The value is shared, so nobody
// may change it.
func Once[T any](inv *Inventory, key any, derive func(*Inventory) T) T {
	if inv.memo == nil {
		return derive(inv)
	}
	inv.memo.mu.Lock()
	defer inv.memo.mu.Unlock()
	if value, ok := inv.memo.values[key].(T); ok {
		return value
	}
	value := derive(inv)
	inv.memo.values[key] = value
	return value
}

func newMemo() *memo { return &memo{values: map[any]any{}} }
