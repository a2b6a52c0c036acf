package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
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
	e, err := newEvaluator(opts, project)
	if err != nil {
		return project, hcl.Diagnostics{{
			Severity: hcl.DiagError,
			Summary:  "Project directory not readable",
			Detail:   fmt.Sprintf("Cannot read the directory %q: %s.", opts.Dir, worktree.WithoutPath(err)),
		}}
	}
	project.evaluator = e
	defer opts.Watch.Begin(e.place)()
	e.load()
	maps.Copy(project.Reads, e.files.Digests())
	maps.Copy(project.Reads, e.outside)
	project.Secrets = sortedKeys(e.secrets)
	diags := sortDiagnostics(e.diags)
	e.diags = nil
	return project, diags
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
	return &evaluator{
		opts: opts, files: f, rootDir: f.Below, project: project, maxValue: maxValue,
		modules:       map[string]*module{},
		functions:     functions.New(f),
		given:         map[string]givenValue{},
		missing:       map[string]bool{},
		outside:       map[string][32]byte{},
		secrets:       map[string]bool{},
		outsideTexts:  map[string]bool{},
		images:        map[string]*imageError{},
		failedOutputs: map[string]bool{},
	}, nil
}

// load does all that Load promises, one step behind the other.
func (e *evaluator) load() {
	if e.opts.Provider != "" && e.opts.Provider != "local" {
		e.diags = append(e.diags, &hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Unknown provider override",
			Detail: fmt.Sprintf("Every asset can be made by the provider \"local\" instead of its own, not by %q.%s",
				e.opts.Provider, diag.Suggest(e.opts.Provider, []string{"local"})),
		})
	}
	mod, err := e.loadModule(e.rootDir, nil)
	if err != nil {
		e.diags = append(e.diags, &hcl.Diagnostic{
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
	if e.broken {
		return // too many instances
	}
	e.linkAll()
	e.buildGraph()
	e.collectRefactoring()
}

// newRoot makes the scope of the root module.
func (e *evaluator) newRoot(mod *module) *scope {
	s := e.newScope(mod, "")
	for _, v := range mod.sortedVariables() {
		s.variables[v.name] = &cell{name: "var." + v.name, rng: v.rng, compute: func() cty.Value { return e.rootVariable(v) }}
	}
	return s
}
