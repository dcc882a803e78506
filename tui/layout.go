package tui

// placed is a column that is shown, and its width.
type placed struct{ index, width int }

// columnGap is the number of cells between two columns.
const columnGap = 2

// layout chooses the columns that fit into width and how wide each is: first
// all get a good width, then what they want, the important ones before the
// others; the flexible one, or else the last, gets the rest.
func layout(columns []column, width int) []placed {
	shown := fitting(columns, width)
	room := width - columnGap*(len(shown)-1)
	for i := range shown {
		shown[i].width = min(columns[shown[i].index].min, max(room, 1))
		room -= shown[i].width
	}
	for drop := 0; drop <= maxDrop(columns); drop++ {
		room = widen(columns, shown, drop, room, func(c column) int { return c.good })
	}
	for drop := 0; drop <= maxDrop(columns); drop++ {
		room = widen(columns, shown, drop, room, func(c column) int { return c.want })
	}
	widest := len(shown) - 1 // where the flexible one isn't shown
	for i, p := range shown {
		if columns[p.index].flex {
			widest = i
			break
		}
	}
	shown[widest].width += max(room, 0)
	return shown
}

// widen gives the columns of one importance a cell each in turn, until they
// have reached their goal or there is no more room. It returns the room left.
func widen(columns []column, shown []placed, drop, room int, goal func(column) int) int {
	for given := true; given && room > 0; {
		given = false
		for i, p := range shown {
			if c := columns[p.index]; c.drop == drop && goal(c) > shown[i].width && room > 0 {
				shown[i].width++
				room--
				given = true
			}
		}
	}
	return room
}

// fitting drops the least important columns until those that are more
// important have a good width, and all have their least.
func fitting(columns []column, width int) []placed {
	for limit := maxDrop(columns); ; limit-- {
		var shown []placed
		total := -columnGap
		for i, c := range columns {
			if c.drop > limit {
				continue
			}
			shown = append(shown, placed{index: i})
			total += columnGap + c.min
			if c.drop < limit {
				total += max(c.good-c.min, 0)
			}
		}
		if total <= width || limit == 0 {
			return shown
		}
	}
}

func maxDrop(columns []column) int {
	most := 0
	for _, c := range columns {
		most = max(most, c.drop)
	}
	return most
}
