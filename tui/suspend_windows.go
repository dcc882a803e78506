package tui

import tea "charm.land/bubbletea/v2"

// obeyJobControl does nothing: Windows has no job control.
func obeyJobControl(*tea.Program) (end func()) { return func() {} }
