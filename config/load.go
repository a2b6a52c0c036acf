package config

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/evaluation"
	"assetform/config/functions"
	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Load reads and evaluates the configuration in a directory. The Project is
// never nil: with errors it holds what could be evaluated, and the files that
// diagnostics point into.
func Load(opts Options) (*Project, hcl.Diagnostics) {
	project := emptyProject()
	project.Engines = opts.Engines
	e, err := newEvaluator(opts, project)
	if err != nil {
		return project, hcl.Diagnostics{{
			Severity: hcl.DiagError,
			Summary:  "Project directory not readable",
			Detail:   fmt.Sprintf("Cannot read the directory %q: %s.", opts.Dir, worktree.WithoutPath(err)),
		}}
	}
	project.evaluator = e
	defer opts.Watch.Begin(e.watched.place)()
	e.load()
	maps.Copy(project.Reads, e.files.Digests())
	maps.Copy(project.Reads, e.outside)
	project.Secrets = sortedKeys(e.watched.secrets)
	return project, evaluation.Sort(e.reports.Take(0))
}

// evaluator makes a project of what files declare.
type evaluator struct {
	lang    *language
	opts    Options
	files   *worktree.Files
	rootDir string // directory of the root module, relative to the project root
	project *Project
	reports *evaluation.Reports
	watched *watched
	broken  bool // a file could not be parsed: what it declares is missing

	modules  map[string]*module // by directory
	root     *moduleInstance
	ev       *evaluation.Evaluator
	expander *evaluation.Expander
	given    map[string]givenValue // values of root variables
	links    []link
	// failedOutputs are the folded output paths of assets that have errors.
	failedOutputs map[string]bool

	functions *functions.Set

	// outsideTexts are the texts in sensitive root variables whose value came
	// from outside the repository: what keys may be made of.
	outsideTexts map[string]bool
	missing      map[string]bool              // root variables without a value
	keyVars      map[string]bool              // root variables that only an api_key uses; nil: not looked at
	outside      map[string][sha256.Size]byte // digests of --var-file files
	images       map[string]*imageError       // checked input files
}

func emptyProject() *Project {
	return &Project{
		Files:     map[string]*hcl.File{},
		Providers: map[ProviderRef]*Provider{},
		Reads:     map[string][32]byte{},
		bySpec:    map[address.Address]*Spec{},
	}
}

func newEvaluator(opts Options, project *Project) (*evaluator, error) {
	root, err := worktree.FindRoot(opts.Dir)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, err
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil {
		return nil, err
	}
	f, err := worktree.OpenFiles(root, dir)
	if err != nil {
		return nil, err
	}
	project.Dir, project.Root = dir, root
	reports, watched := &evaluation.Reports{}, &watched{files: project.Files, secrets: map[string]bool{}}
	ev := evaluation.New(reports, &watched.position)
	return &evaluator{
		opts: opts, lang: newLanguage(opts.Engines), files: f, rootDir: f.Below, project: project, reports: reports, watched: watched,
		ev: ev, expander: evaluation.NewExpander(ev),
		modules:       map[string]*module{},
		functions:     functions.New(f),
		given:         map[string]givenValue{},
		missing:       map[string]bool{},
		outside:       map[string][32]byte{},
		outsideTexts:  map[string]bool{},
		images:        map[string]*imageError{},
		failedOutputs: map[string]bool{},
	}, nil
}

// load does all that Load promises, one step behind the other.
func (e *evaluator) load() {
	if embedded := e.lang.embedded().Type; e.opts.Provider != "" && e.opts.Provider != embedded {
		e.reports.Add(&hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Unknown provider override",
			Detail: fmt.Sprintf("Every asset can be made by the provider %q instead of its own, not by %q.%s",
				embedded, e.opts.Provider, diag.Suggest(e.opts.Provider, []string{embedded})),
		})
	}
	mod, err := e.loadModule(e.rootDir, nil)
	if err != nil {
		e.reports.Add(&hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "No configuration found",
			Detail:   fmt.Sprintf("Cannot load the directory %q: %s.", e.project.Dir, strings.TrimSuffix(err.Error(), ".")),
		})
		return
	}
	e.checkVersions()
	e.readAllowed()
	if e.broken {
		return // what a broken file declares would be missing everywhere
	}
	e.collectGiven(mod)
	e.root = e.newRoot(mod)
	e.evaluateAll(e.root)
	e.evaluateProviders(e.root)
	e.evaluateBudget(e.root)
	e.collectVariables(e.root)
	e.collectOutputs(e.root)
	if e.expander.TooMany() {
		return
	}
	e.linkAll()
	e.buildGraph()
	e.collectRefactoring()
}

// newRoot makes the scope of the root module.
func (e *evaluator) newRoot(mod *module) *moduleInstance {
	m := e.newInstance(mod, "")
	for _, v := range mod.sortedVariables() {
		m.scope.Variables[v.name] = &evaluation.Cell{Name: "var." + v.name, Range: v.rng, Compute: func() cty.Value { return e.rootVariable(v) }}
	}
	return m
}
