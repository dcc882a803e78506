package themes

import (
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"
)

// k9sSkin is the part of a k9s skin that has a counterpart here.
type k9sSkin struct {
	K9s struct {
		Body struct {
			FgColor   string `json:"fgColor"`
			LogoColor string `json:"logoColor"`
		} `json:"body"`
		Info struct {
			FgColor string `json:"fgColor"`
		} `json:"info"`
		Frame struct {
			Border struct {
				FgColor string `json:"fgColor"`
			} `json:"border"`
			Crumbs struct {
				FgColor     string `json:"fgColor"`
				BgColor     string `json:"bgColor"`
				ActiveColor string `json:"activeColor"`
			} `json:"crumbs"`
			Status struct {
				AddColor       string `json:"addColor"`
				ModifyColor    string `json:"modifyColor"`
				PendingColor   string `json:"pendingColor"`
				ErrorColor     string `json:"errorColor"`
				CompletedColor string `json:"completedColor"`
			} `json:"status"`
		} `json:"frame"`
		Views struct {
			Table struct {
				CursorBgColor string `json:"cursorBgColor"`
			} `json:"table"`
			Yaml struct {
				KeyColor string `json:"keyColor"`
			} `json:"yaml"`
		} `json:"views"`
	} `json:"k9s"`
}

// isK9s says whether a skin is one for k9s.
func isK9s(data []byte) bool {
	var top map[string]any
	return yaml.Unmarshal(data, &top) == nil && top["k9s"] != nil
}

// fromK9s takes from a k9s skin what maps; the rest stays as in base.
func fromK9s(data []byte, base Theme) (Theme, error) {
	var skin k9sSkin
	if err := yaml.Unmarshal(data, &skin); err != nil {
		return Theme{}, err
	}
	k, t := skin.K9s, base
	status, crumbs := k.Frame.Status, k.Frame.Crumbs
	for _, c := range []struct {
		to   *string
		from string
	}{
		{&t.Text, k.Body.FgColor}, {&t.Muted, k.Info.FgColor}, {&t.Faint, k.Frame.Border.FgColor},
		{&t.Accent, crumbs.ActiveColor}, {&t.AccentText, crumbs.FgColor}, {&t.Selection, k.Views.Table.CursorBgColor},
		{&t.Good, status.AddColor}, {&t.Warning, status.PendingColor}, {&t.Alarm, status.ErrorColor},
		{&t.Code, k.Views.Yaml.KeyColor},
		{&t.Severity.Critical, status.ErrorColor}, {&t.Severity.High, status.PendingColor},
		{&t.Severity.Low, status.ModifyColor}, {&t.Severity.Info, status.CompletedColor},
	} {
		hex, err := k9sColour(c.from)
		if err != nil {
			return Theme{}, err
		}
		if hex != "" {
			*c.to = hex
		}
	}
	return t, nil
}

// k9sColour turns a name or #rrggbb into a theme's colour. Empty and "default"
// leave it as it is.
func k9sColour(name string) (string, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" || name == "default" || name == "-" {
		return "", nil
	}
	if hex, ok := webColours()[name]; ok {
		return hex, nil
	}
	if !colour.MatchString(name) {
		return "", fmt.Errorf("%q is no colour that kiln knows: use #rrggbb", name)
	}
	return name, nil
}

// webColours are the names that skins use most, as the web defines them.
func webColours() map[string]string {
	return map[string]string{
		"black": "#000000", "white": "#ffffff", "red": "#ff0000", "green": "#008000", "blue": "#0000ff",
		"yellow": "#ffff00", "orange": "#ffa500", "purple": "#800080", "pink": "#ffc0cb", "cyan": "#00ffff", "aqua": "#00ffff",
		"magenta": "#ff00ff", "fuchsia": "#ff00ff", "gray": "#808080", "grey": "#808080", "silver": "#c0c0c0",
		"navy": "#000080", "teal": "#008080", "lime": "#00ff00", "olive": "#808000", "maroon": "#800000",
		"dodgerblue": "#1e90ff", "lightskyblue": "#87cefa", "steelblue": "#4682b4", "cadetblue": "#5f9ea0", "deepskyblue": "#00bfff",
		"skyblue": "#87ceeb", "royalblue": "#4169e1", "slateblue": "#6a5acd", "orangered": "#ff4500", "darkorange": "#ff8c00",
		"papayawhip": "#ffefd5", "greenyellow": "#adff2f", "palegreen": "#98fb98", "lawngreen": "#7cfc00", "seagreen": "#2e8b57",
		"gold": "#ffd700", "khaki": "#f0e68c", "salmon": "#fa8072", "coral": "#ff7f50", "tomato": "#ff6347", "hotpink": "#ff69b4",
		"violet": "#ee82ee", "indianred": "#cd5c5c", "crimson": "#dc143c", "turquoise": "#40e0d0", "ghostwhite": "#f8f8ff",
		"slategray": "#708090", "darkgray": "#a9a9a9", "lightgray": "#d3d3d3", "dimgray": "#696969", "mediumvioletred": "#c71585",
	}
}
