package tui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestEveryViewHasAScene looks through this folder's source for the types that
// are views, and for the questions that are asked.
func TestEveryViewHasAScene(t *testing.T) {
	files := sourceHere(t)
	views, questions := viewTypes(files), questionTitles(files)
	if len(views) < 25 || len(questions) < 5 {
		t.Fatalf("found but the views %q and the questions %q", views, questions)
	}
	var shown, asked []string
	for _, s := range scenes() {
		a, _ := s.open(t, 120, 40, "dark")
		for _, v := range a.views {
			shown = append(shown, reflect.TypeOf(v).Elem().Name())
		}
		if a.dialog != nil {
			asked = append(asked, a.dialog.title)
		}
	}
	for _, view := range views {
		if !slices.Contains(shown, view) {
			t.Errorf("no scene shows a %s", view)
		}
	}
	for _, title := range questions {
		if !slices.ContainsFunc(asked, func(a string) bool { return strings.Contains(a, title) }) {
			t.Errorf("no scene asks %q", title)
		}
	}
}

// sourceHere parses this folder's files, but not the tests.
func sourceHere(t *testing.T) []*ast.File {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	return files
}

// viewTypes are the types with the methods that only views have together.
func viewTypes(files []*ast.File) []string {
	methods := map[string]map[string]bool{}
	for _, file := range files {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Recv == nil {
				continue
			}
			receiver := f.Recv.List[0].Type
			if star, ok := receiver.(*ast.StarExpr); ok {
				receiver = star.X
			}
			if name, ok := receiver.(*ast.Ident); ok {
				if methods[name.Name] == nil {
					methods[name.Name] = map[string]bool{}
				}
				methods[name.Name][f.Name.Name] = true
			}
		}
	}
	var views []string
	for name, has := range methods {
		if has["title"] && has["hints"] && has["help"] {
			views = append(views, name)
		}
	}
	slices.Sort(views)
	return views
}

// questionTitles are the longest literal parts of the titles of all questions.
func questionTitles(files []*ast.File) []string {
	var titles []string
	for _, file := range files {
		ast.Inspect(file, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if name, isName := typeName(literal, ok); !isName || name != "question" {
				return true
			}
			for _, element := range literal.Elts {
				if field, ok := element.(*ast.KeyValueExpr); ok && field.Key.(*ast.Ident).Name == "title" {
					titles = append(titles, longestText(field.Value))
				}
			}
			return true
		})
	}
	return titles
}

func typeName(literal *ast.CompositeLit, ok bool) (string, bool) {
	if !ok {
		return "", false
	}
	name, ok := literal.Type.(*ast.Ident)
	if !ok {
		return "", false
	}
	return name.Name, true
}

func longestText(expr ast.Expr) string {
	longest := ""
	ast.Inspect(expr, func(n ast.Node) bool {
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING && len(text.Value)-2 > len(longest) {
			longest = strings.Trim(text.Value, "\"`")
		}
		return true
	})
	return longest
}
