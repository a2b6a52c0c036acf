package lockfile

import (
	"fmt"
	"slices"
	"strings"

	"assetform/config/diag"
)

// version2Field reads the value of a field that came with version 2. What an
// absent field says is not accepted as a value: false, an empty list, an empty
// object.
func (r *entryReader) version2Field(name string) bool {
	e := &r.entry
	switch name {
	case "cost":
		return readObject(r.parser, name, (*map[string]int)(&e.Cost), r.costOf)
	case "adopted":
		return r.mark(&e.Adopted, name)
	case "placeholder":
		return r.mark(&e.Placeholder, name)
	case "candidates":
		r.peek()
		r.candidatesAt = r.pos
		return r.candidates(&e.Candidates)
	case "picked":
		r.peek()
		r.pickedAt = r.pos
		return r.count(&e.Picked, name, 1)
	case "marks":
		return readObject(r.parser, name, &e.Marks, func(mark string, _ int) (s string, ok bool) {
			ok = r.textField(&s, mark)
			return s, ok
		})
	default:
		return readObject(r.parser, name, &e.Frames, r.frame)
	}
}

// mark reads a field that is true or absent.
func (p *parser) mark(dst *bool, name string) bool {
	p.peek()
	at := p.pos
	switch {
	case p.word("true"):
		*dst = true
		return true
	case p.word("false"):
		return p.fail(at, summaryValue, quoted(name)+" is true or absent. Remove the field.")
	}
	return p.failType(name, "true")
}

// costOf reads how much of a unit a result cost. Flags and the fields of plans
// are named after units.
func (p *parser) costOf(unit string, at int) (n int, ok bool) {
	if strings.Trim(unit, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
		return 0, p.fail(at, summaryValue, quoted(unit)+" is no unit of a cost: its name has lower-case letters, digits and underscores.")
	}
	ok = p.count(&n, unit, 0)
	return n, ok
}

// readObject reads an object with keys of its own, of which there is at least
// one. The function reads the value of a key, which stands at an offset.
func readObject[V any](p *parser, field string, dst *map[string]V, value func(name string, at int) (V, bool)) bool {
	if p.peek() != '{' {
		return p.failType(field, "an object")
	}
	start := p.pos
	p.pos++
	m := map[string]V{}
	for first := true; p.more('}', first); first = false {
		name, at, ok := p.key()
		if !ok {
			return false
		}
		if name == "" {
			return p.fail(at, summaryValue, "A name in "+quoted(field)+" is empty.")
		}
		if _, exists := m[name]; exists {
			return p.failDuplicate(at, name)
		}
		if m[name], ok = value(name, at); !ok {
			return false
		}
	}
	if p.err == nil && len(m) == 0 {
		return p.fail(start, summaryValue, quoted(field)+" is empty. Remove the field.")
	}
	*dst = m
	return p.err == nil
}

func (p *parser) candidates(dst *[]Candidate) bool {
	if p.peek() != '[' {
		return p.failType("candidates", "a list of objects")
	}
	start := p.pos
	p.pos++
	var list []Candidate
	for first := true; p.more(']', first); first = false {
		p.peek()
		if len(list) == maxCandidates {
			return p.fail(p.pos, summaryValue, fmt.Sprintf("An asset has at most %d candidates.", maxCandidates))
		}
		c, ok := p.candidate()
		if !ok {
			return false
		}
		list = append(list, c)
	}
	if p.err == nil && len(list) == 0 {
		return p.fail(start, summaryValue, `"candidates" is empty. Remove the field.`)
	}
	*dst = list
	return p.err == nil
}

// candidate reads one candidate; null is one that is missing.
func (p *parser) candidate() (c Candidate, ok bool) {
	if p.word("null") {
		return c, true
	}
	if p.peek() != '{' {
		return c, p.failType("candidates", "a list of objects, and of null for a missing one")
	}
	start := p.pos
	p.pos++
	for first := true; p.more('}', first); first = false {
		name, at, ok := p.key()
		switch {
		case !ok:
			return c, false
		case name == "content_hash" && !c.ContentHash.IsZero(), name == "task_id" && c.TaskID != "":
			return c, p.failDuplicate(at, name)
		case name == "content_hash":
			ok = p.hash(c.ContentHash[:], name, contentPrefix)
		case name == "task_id":
			ok = p.textField(&c.TaskID, name)
		default:
			return c, p.fail(at, summaryUnknown, fmt.Sprintf("A candidate has the fields content_hash and task_id, not %s.", quoted(name)))
		}
		if !ok {
			return c, false
		}
	}
	if p.err == nil && c.ContentHash.IsZero() {
		p.failMissing(start, "content_hash", "The candidate")
	}
	return c, p.err == nil
}

// frame reads a sprite's place in an atlas: x, y, width and height, and of a
// trimmed sprite also where those stood in it, x and y, and its own size.
func (p *parser) frame(sprite string, _ int) (numbers []int, ok bool) {
	if p.peek() != '[' {
		return nil, p.failType(sprite, "a list of 4 or 8 whole numbers")
	}
	start := p.pos
	p.pos++
	for first := true; p.more(']', first); first = false {
		least := int64(0)
		if len(numbers)%4 >= 2 { // a width or a height
			least = 1
		}
		var n int
		if !p.count(&n, sprite, least) {
			return nil, false
		}
		if numbers = append(numbers, n); len(numbers) > 8 {
			break
		}
	}
	if p.err == nil && len(numbers) != 4 && len(numbers) != 8 {
		p.fail(start, summaryValue, fmt.Sprintf("The frame of %s has 4 numbers, or 8 if it was trimmed.", quoted(sprite)))
	}
	return numbers, p.err == nil
}

// checkChoice checks that the output is one of the candidates, and the one that
// was picked: by a merge of texts, or by hand, it may be another one, which would
// then be kept, moved and merged under a number that it does not have.
func (r *entryReader) checkChoice() bool {
	e := &r.entry
	fail := func(at int, text string, args ...any) bool {
		return r.fail(at, summaryValue, fmt.Sprintf("Of %s ", r.address)+fmt.Sprintf(text, args...))
	}
	switch {
	case len(e.Candidates) == 0 && e.Picked == 0:
		return true
	case len(e.Candidates) == 0:
		return fail(r.pickedAt, `"picked" names one of "candidates", which the entry does not have. %s`, hintRestore)
	case e.Adopted, e.Placeholder:
		return fail(r.candidatesAt, `there are "candidates", although its output is none of them but what a person made, or a sketch. %s`, hintRestore)
	case e.Picked > len(e.Candidates):
		return fail(r.pickedAt, `"picked" is %d, but the entry has %d of "candidates". %s`, e.Picked, len(e.Candidates), hintRestore)
	case e.Picked > 0 && e.Candidates[e.Picked-1].ContentHash.IsZero():
		return fail(r.pickedAt, `"picked" is %d, and that one of "candidates" is missing. %s`, e.Picked, hintRestore)
	}
	switch number := e.OutputNumber(); {
	case number == 0:
		return fail(r.candidatesAt, `no candidate has the content hash of the output, that of the file as it was delivered. Output and candidates may be of two branches that were merged by hand. %s "assetform lock merge" joins both.`, hintRestore)
	case e.Picked > 0 && e.Candidates[e.Picked-1].ContentHash != e.UpstreamHash():
		return fail(r.pickedAt, `"picked" is %d, and the output has the content hash of candidate %d. Write %d where that file stands; "assetform pick %s %d" then makes the other one the output. Or: %s`,
			e.Picked, number, number, diag.ShellWord(r.address), e.Picked, hintRestore)
	case !e.SourceHash.IsZero() && e.SourceHash != e.ContentHash:
		// What is converted is no candidate as it was delivered: that is another one.
		if other := slices.IndexFunc(e.Candidates, func(c Candidate) bool { return c.ContentHash == e.ContentHash }); other >= 0 {
			return fail(r.candidatesAt, `the output has the content hash of candidate %d, and as source hash that of candidate %d: it cannot be both. %s`, other+1, number, hintRestore)
		}
	}
	return true
}
