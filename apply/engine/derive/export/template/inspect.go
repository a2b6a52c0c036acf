package template

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"

	"assetform/config/diag"
)

// allowed are the functions that a template may call.
var allowed = []string{"and", "base", "eq", "escape", "ge", "gt", "ident", "index", "json", "le", "len", "lt", "ne", "not", "or", "quote", "slice"}

// The functions that only an inspection calls, between the nodes of a template.
const (
	goesOn    = "assetform_goes_on"
	rangeable = "assetform_rangeable"
)

const (
	maxDepth = 100 // of blocks inside of each other
	maxNodes = 256 // of one action, which is not interrupted
)

// An inspection looks through the trees of a template, refuses what is in them
// and prepares the rest for execution.
type inspection struct {
	name   string
	source string
	trees  map[string]*parse.Tree

	current string
	calls   map[string][]call
}

// A call is one of another template.
type call struct {
	name string
	at   parse.Pos
}

func (in *inspection) refuse(at parse.Pos, format string, args ...any) error {
	line := 1 + strings.Count(in.source[:min(int(at), len(in.source))], "\n")
	return fmt.Errorf("%s:%d: %s", in.name, line, fmt.Sprintf(format, args...))
}

func (in *inspection) tree(name string) error {
	in.current = name
	return in.list(in.trees[name].Root, 0)
}

// list inspects the nodes of a block, and puts a check before each that can
// take time. A block without any has one, because it may be repeated.
func (in *inspection) list(list *parse.ListNode, depth int) error {
	if list == nil {
		return nil
	}
	if depth > maxDepth {
		return in.refuse(list.Pos, "blocks stand in each other %d times, and %d is the most", depth, maxDepth)
	}
	nodes := []parse.Node{checkpoint(list.Pos)}
	for i, n := range list.Nodes {
		if err := in.node(n, depth); err != nil {
			return err
		}
		if _, text := n.(*parse.TextNode); i > 0 && !text {
			nodes = append(nodes, checkpoint(n.Position()))
		}
		nodes = append(nodes, n)
	}
	list.Nodes = nodes
	return nil
}

// checkpoint is the action {{assetform_goes_on}}.
func checkpoint(at parse.Pos) parse.Node {
	pipe := &parse.PipeNode{NodeType: parse.NodePipe, Pos: at, Cmds: []*parse.CommandNode{command(at, goesOn)}}
	return &parse.ActionNode{NodeType: parse.NodeAction, Pos: at, Pipe: pipe}
}

func command(at parse.Pos, function string) *parse.CommandNode {
	return &parse.CommandNode{NodeType: parse.NodeCommand, Pos: at, Args: []parse.Node{parse.NewIdentifier(function).SetPos(at)}}
}

func (in *inspection) node(n parse.Node, depth int) error {
	switch n := n.(type) {
	case *parse.ActionNode:
		return in.pipe(n.Pipe)
	case *parse.IfNode:
		return in.branch(&n.BranchNode, depth)
	case *parse.WithNode:
		return in.branch(&n.BranchNode, depth)
	case *parse.RangeNode:
		if err := in.branch(&n.BranchNode, depth); err != nil {
			return err
		}
		return in.ranged(n.Pipe)
	case *parse.TemplateNode:
		if in.trees[n.Name] == nil {
			return in.refuse(n.Pos, "there is no template %q", n.Name)
		}
		if in.calls == nil {
			in.calls = map[string][]call{}
		}
		in.calls[in.current] = append(in.calls[in.current], call{n.Name, n.Pos})
		return in.pipe(n.Pipe)
	case *parse.TextNode, *parse.CommentNode, *parse.BreakNode, *parse.ContinueNode:
		return nil
	}
	return in.refuse(n.Position(), "%.40q is not understood", n.String())
}

func (in *inspection) branch(b *parse.BranchNode, depth int) error {
	if err := in.pipe(b.Pipe); err != nil {
		return err
	}
	if err := in.list(b.List, depth+1); err != nil {
		return err
	}
	return in.list(b.ElseList, depth+1)
}

// ranged refuses the numbers that are seen to be ranges, and has the rest
// looked at when it is known.
func (in *inspection) ranged(pipe *parse.PipeNode) error {
	last := pipe.Cmds[len(pipe.Cmds)-1]
	first := last.Args[0]
	if id, ok := first.(*parse.IdentifierNode); first.Type() == parse.NodeNumber || ok && id.Ident == "len" {
		return in.refuse(pipe.Pos, noRange, "a number")
	}
	pipe.Cmds = append(pipe.Cmds, command(pipe.Pos, rangeable))
	return nil
}

const noRange = "a range over %s is refused: go through .Assets, or the srcset or frames of one"

func (in *inspection) pipe(pipe *parse.PipeNode) error {
	count := 0
	return in.expression(pipe, &count)
}

func (in *inspection) expression(n parse.Node, count *int) error {
	if *count++; *count > maxNodes {
		return in.refuse(n.Position(), "an action has more than %d parts", maxNodes)
	}
	var parts []parse.Node
	switch n := n.(type) {
	case *parse.PipeNode:
		if n == nil {
			return nil
		}
		for _, c := range n.Cmds {
			parts = append(parts, c)
		}
	case *parse.CommandNode:
		parts = n.Args
	case *parse.ChainNode:
		parts = []parse.Node{n.Node}
	case *parse.IdentifierNode:
		if !slices.Contains(allowed, n.Ident) {
			return in.refuse(n.Pos, "%s is refused in a template: the functions are %s", n.Ident, diag.Listed(allowed))
		}
	}
	for _, part := range parts {
		if err := in.expression(part, count); err != nil {
			return err
		}
	}
	return nil
}

// recursion refuses templates that call themselves by any way: depth is
// what text/template bounds worst.
func (in *inspection) recursion(names []string) error {
	const open, done = 1, 2
	state := map[string]int{}
	var visit func(name string) error
	visit = func(name string) error {
		state[name] = open
		for _, c := range in.calls[name] {
			if state[c.name] == open {
				return in.refuse(c.at, "template %q calls itself", c.name)
			}
			if state[c.name] == 0 {
				if err := visit(c.name); err != nil {
					return err
				}
			}
		}
		state[name] = done
		return nil
	}
	for _, name := range names {
		if state[name] == 0 {
			if err := visit(name); err != nil {
				return err
			}
		}
	}
	return nil
}
