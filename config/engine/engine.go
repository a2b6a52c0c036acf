package engine

import (
	"bytes"
	"fmt"
	"image"
	"slices"
	"strings"

	"assetform/config/address"

	"golang.org/x/text/unicode/norm"
)

// An Engine is what one type of provider can do.
type Engine struct {
	Type string // the label of its provider blocks; in the inputs hash and in the lock
	// Free says that it charges nothing; Embedded that it is the one that
	// generates where no provider is declared. Any engine may run in this
	// process: one without a Server does.
	Free, Embedded bool
	// Derives says that it makes its results of other files of the project, on
	// this machine, the same of the same: it is free, needs no provider block
	// and can have none, has kinds of assets of its own with one method each,
	// and delivers in the format of the output.
	Derives bool
	// Captions says that it writes the prompt on what it makes, unless the
	// provider's block has caption = false.
	Captions bool
	Title    string // for people, with its article
	Units    []Unit
	Methods  []*Method
	Models   []Model
	Server   Server
	// Limits are what the service is known to allow in an hour and at once;
	// a key's own limits are known only to the service. Plans estimate by them.
	Limits Limits
}

// Server says how an engine is reached over the network. The zero value is an
// engine that is not.
type Server struct {
	BaseURL string // unless the provider block or the environment says otherwise
	URLEnv  string // the environment variable that allows, and gives, another one
	KeyEnv  string // the environment variable with the key
}

// KeySource names the places that a key comes from.
func (s Server) KeySource() string {
	if s.KeyEnv == "" {
		return "api_key of the provider block"
	}
	return "api_key of the provider block, or " + s.KeyEnv
}

// Limits bound an account.
type Limits struct {
	Concurrent int            // requests in flight; 0: not known
	Hourly     map[string]int // by unit
}

// A Unit is what an engine charges in.
type Unit struct {
	Name string // in budgets, plans and locks, in the plural: "image_credits"
	Doc  string
}

// ParamType is the type of a parameter.
type ParamType int

// The types of parameters. An enumeration is a String with Values; a Setting
// has a form of its own, which its Accept knows.
const (
	String ParamType = iota
	Integer
	Number
	Boolean
	Setting
)

// Param is a parameter of a method.
type Param struct {
	Name     string // the attribute in HCL; count, output and the like are taken
	Wire     string // the engine's own name for it, if that is another
	Type     ParamType
	Required bool
	Default  any // string, int64, float64, bool or, of a Setting, []string or []float64: what holds when it is not sent; nil: none
	// Usual is what holds where nothing is set and that depends on the output; nil
	// for no such value. It is Default for one that is not.
	Usual  func(output string) any
	Values []string // the accepted values of an enumeration, in the document's order
	// Meant are what people write for a value, by the value: "16:9" for
	// "landscape". It is not accepted, but a hint is given.
	Meant map[string][]string
	// Max is how many characters a text may have; 0: no bound is known.
	Max int
	// Block is the name of the nested block in which it is set; "": the asset's
	// own body. The block may stand once, and is itself a parameter of that name,
	// a Boolean that is true where it stands.
	Block string
	// Accept takes the value of a Setting: a string, an int64, a float64, a bool
	// or an []any of these. It returns it in the one form that is hashed and
	// sent: string, int64, float64, bool, []string or []float64. The error says
	// as a clause what was found and what was expected.
	Accept func(value any) (any, error)
	// Directory says of a Setting that it is the path of a directory of the
	// project, relative to the file that it stands in. Accept takes it relative
	// to the root module's directory.
	Directory bool
	// Algorithm says how often what it asks for has come to be done in another
	// way, so that the same inputs give other bytes; 0: it is done as ever. The
	// numbers rise through all of a method, so that no two ways share one.
	Algorithm int64
	// Unsent says that it may be written but is not sent: there is no choice.
	Unsent bool
	// Prose says that it is a text to be read, shown at length.
	Prose bool
	// Take says that another value gives another take of the same.
	Take bool
	Doc  string
}

// Key is the parameter's name in lock, plan and request.
func (p Param) Key() string {
	if p.Block != "" {
		return p.Block + "_" + p.Name
	}
	return p.Name
}

// Field is the engine's own name for the parameter.
func (p Param) Field() string {
	if p.Wire != "" {
		return p.Wire
	}
	return p.Key()
}

// NamesInput has, among recorded inputs, the names of the members of a list that
// has them, and RecordsInput a digest of what a text says of assets beside their
// content. To people they are part of the input itself.
const (
	NamesInput   = "names"
	RecordsInput = "records"
)

// Input is a parameter of a method that is an image, several, or another file.
type Input struct {
	Name     string // the attribute in HCL, and the key in lock, plan and request
	Wire     string // the engine's own name for it, if that is another
	Required bool
	Selects  bool // setting this attribute selects the method
	List     bool
	Min, Max int  // number of images in a list; Max 0: no bound
	Films    bool // takes films too
	Text     bool // is the path of a file with text, and neither an asset nor an image
	// Accept says of a Text what is wrong with the one in a file of that name, as
	// a clause that names the place; nil: any is taken.
	Accept func(name string, text []byte) error
	// Named says of a list that each image has a name of its own: it may be a
	// map, whose keys are the names; in a list an image is named after its
	// instance key, else after its block or file.
	Named bool
	// Whole says of a list that its members may be whole blocks with instances
	// as well, and that it takes assets alone, in any order.
	Whole bool
	Doc   string
}

// Field is the input's name in a request.
func (in Input) Field() string {
	if in.Wire != "" {
		return in.Wire
	}
	return in.Name
}

// Method is one way to generate something.
type Method struct {
	Name    string
	Kind    address.Kind
	Backend string // what does the work, for people
	Params  []Param
	Inputs  []Input
	Price   Price
	Typical [2]int // seconds that it usually takes, at least and at most
	// Check says what is wrong with a derived asset, as far as it can be known
	// before there are pixels, and which size in pixels it will have, zero where
	// only pixels tell; nil: nothing is known of that.
	Check func(Making) (image.Point, error)
	Doc   string
}

// Algorithm is the way in which these parameters are carried out: the highest
// that one of them has, where set tells which are not at their defaults.
func (m *Method) Algorithm(set func(key string) bool) int64 {
	var n int64
	for _, p := range m.Params {
		if p.Algorithm > n && set(p.Key()) {
			n = p.Algorithm
		}
	}
	return n
}

// Price is what one generation is charged. The zero value costs nothing that
// is known.
type Price struct {
	Unit   string
	Amount int
	// By is the parameter on whose value the amount depends, Amounts what it is
	// for each; values that are not there cost Amount.
	By      string
	Amounts map[string]int
}

// Range lists what one generation may cost in the price's unit.
func (p Price) Range(m *Method) []int {
	by, ok := m.Param(p.By)
	if !ok {
		return []int{p.Amount}
	}
	var amounts []int
	for _, value := range by.Values {
		amounts = append(amounts, m.Cost(func(string) any { return value })[p.Unit])
	}
	return amounts
}

// Model is a value of an enumeration that people choose by.
type Model struct {
	Name    string
	Backend string
	Amount  int // of the engine's first unit, for one generation
	Doc     string
}

// Blocks lists the names of the nested blocks, in the order of the table.
func (m *Method) Blocks() []string {
	var names []string
	for _, p := range m.Params {
		if p.Block != "" && !slices.Contains(names, p.Block) {
			names = append(names, p.Block)
		}
	}
	return names
}

// Param returns the parameter with that key.
func (m *Method) Param(key string) (Param, bool) {
	for _, p := range m.Params {
		if p.Key() == key {
			return p, true
		}
	}
	return Param{}, false
}

// Input returns the image parameter of that name.
func (m *Method) Input(name string) (Input, bool) {
	for _, in := range m.Inputs {
		if in.Name == name {
			return in, true
		}
	}
	return Input{}, false
}

// Cost is what one generation is charged; value gives the parameters that are
// set, nil for others.
func (m *Method) Cost(value func(name string) any) Cost {
	amount := m.Price.Amount
	if p, ok := m.Param(m.Price.By); ok {
		v := value(p.Name)
		if v == nil {
			v = p.Default
		}
		if text, isText := v.(string); isText {
			if n, priced := m.Price.Amounts[text]; priced {
				amount = n
			}
		}
	}
	if amount == 0 {
		return nil
	}
	return Cost{m.Price.Unit: amount}
}

// Estimate says for people how long the method usually takes.
func (m *Method) Estimate() string {
	return fmt.Sprintf("%d-%d seconds", m.Typical[0], m.Typical[1])
}

// NormalText is a text parameter as it is hashed and sent: Unicode NFC, lines
// that end in LF, without a byte order mark and white space at both ends. So
// an editor that saves CRLF, or a heredoc's last newline, regenerates nothing.
func NormalText(s string) string {
	if strings.IndexByte(s, '\r') < 0 {
		return strings.TrimSpace(norm.NFC.String(strings.TrimPrefix(s, "\ufeff")))
	}
	return strings.TrimSpace(lineEnds.Replace(norm.NFC.String(strings.TrimPrefix(s, "\ufeff"))))
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// FileText is the text of a file that is an input, without what editors and
// checkouts do to it: line ends of other systems and a byte order mark. It is
// what is hashed.
func FileText(content []byte) []byte {
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	if bytes.IndexByte(content, '\r') < 0 {
		return content
	}
	return []byte(lineEnds.Replace(string(content)))
}
