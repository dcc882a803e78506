package data

import (
	"fmt"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"kiln/kube"
	"kiln/scanners"
)

// passwordOption is how a program takes a password on its command line, where
// the option's name doesn't tell.
type passwordOption struct {
	programs []string
	option   string
	// joined: the value follows the letter at once, and a word of its own
	// means something else (mysql's database). Else both forms are taken.
	joined bool
	// pair: the value is USER:PASSWORD (or USER%PASSWORD).
	pair bool
	// with is a word that has to be there too, such as login.
	with string
}

func passwordOptions() []passwordOption {
	return []passwordOption{
		{programs: []string{"mysql", "mysqladmin", "mysqlcheck", "mysqldump", "mysqlimport", "mysqlshow", "mysqlsh", "mariadb", "mariadb-admin", "mariadb-dump", "mariadb-check", "xtrabackup", "mariabackup"}, option: "-p", joined: true},
		{programs: []string{"redis-cli", "valkey-cli", "keydb-cli"}, option: "-a"},
		{programs: []string{"mongo", "mongosh", "mongodump", "mongorestore", "mongoexport", "mongoimport"}, option: "-p"},
		{programs: []string{"sshpass"}, option: "-p"},
		{programs: []string{"sqlcmd", "bcp"}, option: "-P"},
		{programs: []string{"ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldapwhoami", "ldappasswd"}, option: "-w"},
		{programs: []string{"curl"}, option: "-u", pair: true},
		{programs: []string{"curl"}, option: "--user", pair: true},
		{programs: []string{"smbclient"}, option: "-U", pair: true},
		{programs: []string{"docker", "podman", "nerdctl", "skopeo", "crane", "oras", "buildah"}, option: "-p", with: "login"},
	}
}

func optionsByProgram() map[string][]passwordOption {
	all := map[string][]passwordOption{}
	for _, o := range passwordOptions() {
		for _, program := range o.programs {
			all[program] = append(all[program], o)
		}
	}
	return all
}

// inCommands looks for passwords that a program is given by an option whose
// name doesn't tell, and for variables that are set on a command line: in
// the container's own command, in the script of its shell, and in what its
// probes and hooks run.
func (d detector) inCommands(c kube.Container) []scanners.Hit {
	var hits []scanners.Hit
	for _, line := range commandLines(c.Container) {
		for _, words := range line.commands {
			for _, l := range d.inCommand(words) {
				hits = append(hits, hit(c, line.field, line.field+" "+l.name, fmt.Sprintf("has %s in the clear in its %s, for %s", l.what, line.name, l.name)))
			}
		}
	}
	return hits
}

// inCommand judges one simple command.
func (d detector) inCommand(words []string) []leak {
	var leaks []leak
	for len(words) > 0 {
		name, value, assigned := strings.Cut(words[0], "=")
		switch {
		case assigned && shellName(name):
			// What has a form of its own is found in any word.
			if what := byName(name, value); what != "" && byForm(d.patterns, value) == "" {
				leaks = append(leaks, leak{name, what})
			}
		case slices.Contains([]string{"export", "env", "exec", "sudo", "time", "nohup", "then", "do", "else", "if", "elif", "while", "until", "!", "{", "("}, words[0]):
		default:
			return append(leaks, d.given(path.Base(words[0]), words[1:])...)
		}
		words = words[1:]
	}
	return leaks
}

// given are the passwords among a program's arguments.
func (d detector) given(program string, args []string) []leak {
	var leaks []leak
	for _, o := range d.options[program] {
		if o.with != "" && !slices.Contains(args, o.with) {
			continue
		}
		for i, arg := range args {
			value, found := o.valueAt(args, i)
			if found && o.isPassword(value) {
				leaks = append(leaks, leak{program + " " + o.option, "a password"})
			}
			if arg == "--" {
				break
			}
		}
	}
	return leaks
}

func (o passwordOption) valueAt(args []string, i int) (value string, found bool) {
	if args[i] == o.option {
		if o.joined || i+1 >= len(args) {
			return "", false
		}
		return args[i+1], true
	}
	rest, found := strings.CutPrefix(args[i], o.option)
	if !found || strings.HasPrefix(o.option, "--") && !strings.HasPrefix(rest, "=") {
		return "", false
	}
	return strings.TrimPrefix(rest, "="), true
}

// isPassword leaves out what stands for a password, and options that begin
// with the same letter.
func (o passwordOption) isPassword(value string) bool {
	if o.pair {
		at := strings.IndexAny(value, ":%")
		if at < 0 || strings.Contains(value[:at], "$") && value[at+1:] == "" {
			return false
		}
		value = value[at+1:]
	}
	return value != "" && !strings.HasPrefix(value, "-") && !reference(value) && !strings.Contains(value, "$") && !strings.HasPrefix(value, "`") && !isSetting(value)
}

func shellName(name string) bool {
	for i, r := range name {
		if r != '_' && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}

// commandLine is a command somewhere in a container, cut into simple commands.
type commandLine struct {
	field, name string
	commands    [][]string
}

func commandLines(c *corev1.Container) []commandLine {
	lines := []commandLine{{"command", "command", simpleCommands(slices.Concat(c.Command, c.Args))}}
	if len(c.Args) > 0 && !slices.ContainsFunc(c.Command, func(word string) bool { return strings.ContainsAny(word, " \n") }) {
		lines[0].field = "args"
	}
	add := func(field, name string, action *corev1.ExecAction) {
		if action != nil {
			lines = append(lines, commandLine{field + ".exec.command", name, simpleCommands(action.Command)})
		}
	}
	for _, p := range []struct {
		field, name string
		probe       *corev1.Probe
	}{{"livenessProbe", "liveness probe", c.LivenessProbe}, {"readinessProbe", "readiness probe", c.ReadinessProbe}, {"startupProbe", "startup probe", c.StartupProbe}} {
		if p.probe != nil {
			add(p.field, p.name, p.probe.Exec)
		}
	}
	if c.Lifecycle != nil {
		if c.Lifecycle.PostStart != nil {
			add("lifecycle.postStart", "start hook", c.Lifecycle.PostStart.Exec)
		}
		if c.Lifecycle.PreStop != nil {
			add("lifecycle.preStop", "stop hook", c.Lifecycle.PreStop.Exec)
		}
	}
	return lines
}

// simpleCommands takes the arguments as they are, and the script of a shell
// apart.
func simpleCommands(words []string) [][]string {
	if len(words) == 0 {
		return nil
	}
	commands := [][]string{words}
	if slices.Contains([]string{"sh", "bash", "ash", "dash", "zsh", "ksh"}, path.Base(words[0])) {
		for _, word := range words[1:] {
			if !strings.HasPrefix(word, "-") {
				return append(commands, splitScript(word)...)
			}
		}
	}
	if len(words) == 1 && strings.ContainsAny(words[0], " \n") {
		return append(commands, splitScript(words[0])...)
	}
	return commands
}

// splitScript cuts a shell's script into simple commands and their words, as
// far as that needs no shell: at operators and ends of lines that aren't
// quoted. Quotes are dropped; what they hold is one word.
func splitScript(script string) [][]string {
	var commands [][]string
	var words []string
	var word strings.Builder
	inWord := false
	endWord := func() {
		if inWord {
			words = append(words, word.String())
		}
		word.Reset()
		inWord = false
	}
	endCommand := func() {
		endWord()
		if len(words) > 0 {
			commands = append(commands, words)
		}
		words = nil
	}
	var quote rune
	comment := false
	for _, r := range script {
		switch {
		case comment && r != '\n':
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, inWord = r, true
		case r == '#' && !inWord:
			comment = true
		case strings.ContainsRune(";&|\n", r):
			comment = false
			endCommand()
		case r == ' ' || r == '\t' || r == '\\' || r == '\r':
			endWord()
		default:
			word.WriteRune(r)
			inWord = true
		}
	}
	endCommand()
	return commands
}
