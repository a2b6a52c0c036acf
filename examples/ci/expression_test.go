package ci_test

import (
	"regexp"
	"strings"
	"testing"
)

// expression is one of GitHub's, while it is evaluated: what is left of it and
// where its names are looked up. Values are strings and booleans.
type expression struct {
	t      *testing.T
	rest   string
	lookup func(name string) (value string, ok bool)
	asked  bool // a function asked how things went
}

// evaluate returns the value of a whole expression.
func (e *expression) evaluate() any {
	e.t.Helper()
	whole := e.rest
	value := e.or()
	if strings.TrimSpace(e.rest) != "" {
		e.t.Fatalf("what is %q in the expression %q?", e.rest, whole)
	}
	return value
}

func isTrue(value any) bool { return value != false && value != "" }

func (e *expression) or() any {
	value := e.and()
	for e.takes("||") {
		if other := e.and(); !isTrue(value) {
			value = other
		}
	}
	return value
}

func (e *expression) and() any {
	value := e.equal()
	for e.takes("&&") {
		if other := e.equal(); isTrue(value) {
			value = other
		}
	}
	return value
}

func (e *expression) equal() any {
	value := e.operand()
	switch {
	case e.takes("=="):
		return value == e.operand()
	case e.takes("!="):
		return value != e.operand()
	}
	return value
}

var (
	nameInExpression = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_.-]*`)
	textInExpression = regexp.MustCompile(`^'([^']*)'`)
)

func (e *expression) operand() any {
	e.t.Helper()
	if e.takes("!") {
		return !isTrue(e.operand())
	}
	if m := textInExpression.FindStringSubmatch(e.rest); m != nil {
		e.rest = e.rest[len(m[0]):]
		return m[1]
	}
	name := nameInExpression.FindString(e.rest)
	e.rest = e.rest[len(name):]
	if name == "" {
		e.t.Fatalf("what is the expression %q?", e.rest)
	}
	if e.takes("(") {
		return e.call(name)
	}
	value, ok := e.lookup(name)
	if !ok {
		e.t.Fatalf("what is %q in an expression?", name)
	}
	return value
}

func (e *expression) call(name string) any {
	e.t.Helper()
	var arguments []string
	for !e.takes(")") {
		value, ok := e.or().(string)
		if !ok {
			e.t.Fatalf("%s takes texts", name)
		}
		arguments = append(arguments, value)
		e.takes(",")
	}
	switch {
	case name == "always" && arguments == nil:
		e.asked = true
		return true
	case name == "cancelled" && arguments == nil:
		e.asked = true
		return false
	case name == "startsWith" && len(arguments) == 2:
		return strings.HasPrefix(strings.ToLower(arguments[0]), strings.ToLower(arguments[1]))
	}
	e.t.Fatalf("what is the function %s of %q?", name, arguments)
	return nil
}

// takes takes a sign that the rest begins with, and blanks around it.
func (e *expression) takes(sign string) bool {
	rest := strings.TrimLeft(e.rest, " ")
	if sign == "!" && strings.HasPrefix(rest, "!=") || !strings.HasPrefix(rest, sign) {
		e.rest = rest
		return false
	}
	e.rest = strings.TrimLeft(rest[len(sign):], " ")
	return true
}

// TestExpressions holds what the tests here take expressions for.
func TestExpressions(t *testing.T) {
	t.Parallel()
	values := map[string]string{"vars.NONE": "", "vars.URL": "oci://a/b", "github.actor": "me", "github.event.pull_request.head.repo.full_name": "a/b"}
	for text, want := range map[string]any{
		"vars.URL": "oci://a/b", "vars.NONE || vars.URL == '' || startsWith(vars.URL, 'oci:')": true, "vars.NONE || 'x'": "x",
		"!cancelled() && vars.NONE == ''": true, "always() && vars.NONE": "", "github.actor != 'me'": false, "!startsWith(vars.URL, 's3:')": true,
		"vars.NONE == '' && github.event.pull_request.head.repo.full_name == 'a/b'": true,
	} {
		e := expression{t: t, rest: text, lookup: func(name string) (string, bool) { value, ok := values[name]; return value, ok }}
		if got := e.evaluate(); got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}
