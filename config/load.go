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
	loader  *loader

	root     *moduleInstance
	ev       *evaluation.Evaluator
	expander *evaluation.Expander
	given    *given
	choice   *providerChoice
	links    []link
	// failedOutputs are the folded output paths of assets that have errors.
	failedOutputs map[string]bool

	functions *functions.Set

	outside map[string][sha256.Size]byte // digests of --var-file files
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
	lang := newLanguage(opts.Engines)
	sources := &sources{files: f, rootDir: f.Below, watched: watched}
	return &evaluator{
		loader: &loader{lang: lang, sources: sources, reports: reports, modules: map[string]*module{}},
		opts:   opts, lang: lang, files: f, rootDir: f.Below, project: project, reports: reports, watched: watched,
		ev: ev, expander: evaluation.NewExpander(ev),
		functions:     functions.New(f),
		outside:       map[string][32]byte{},
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
	mod, err := e.loader.load(e.rootDir, nil)
	if err != nil {
		e.reports.Add(&hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "No configuration found",
			Detail:   fmt.Sprintf("Cannot load the directory %q: %s.", e.project.Dir, strings.TrimSuffix(err.Error(), ".")),
		})
		return
	}
	e.loader.checkVersions(e.opts.ToolVersion)
	e.project.allowed = readAllowed(e.lang.engines, e.opts.Environ, e.reports)
	if e.loader.broken {
		return // what a broken file declares would be missing everywhere
	}
	e.given = &given{
		opts: e.opts, mod: mod, root: e.project.Root, sources: e.loader.sources, reports: e.reports,
		needKeys: e.opts.NeedKeys && e.opts.Provider != e.lang.embedded().Type,
		values:   map[string]givenValue{}, missing: map[string]bool{}, onlyKey: keyVariables(mod),
		texts: map[string]bool{}, digests: e.outside,
	}
	e.given.collect()
	e.choice = &providerChoice{lang: e.lang, reports: e.reports, declared: mod.providers, override: e.opts.Provider != ""}
	e.root = e.newRoot(mod)
	e.evaluateAll(e.root)
	providers := &providerReader{lang: e.lang, root: e.root, ev: e.ev, reports: e.reports, given: e.given, watched: e.watched}
	e.project.Providers = providers.providers(e.opts.Provider)
	budget := &budgetReader{schema: e.lang.assetform, ev: e.ev, reports: e.reports, scope: e.root.scope}
	e.project.Budget = budget.budget(e.root.mod.settings)
	e.project.Variables = e.given.variables(e.root)
	e.collectOutputs(e.root)
	if e.expander.TooMany() {
		return
	}
	e.project.Specs = newLinker(e.loader.sources, e.reports, e.failedOutputs, len(e.links)).linkAll(e.links)
	for _, s := range e.project.Specs {
		e.project.bySpec[s.Address] = s
	}
	e.project.buildGraph(e.reports)
	if e.loader.refactors() {
		e.project.readRefactoring(e.reports, e.root)
	}
}

// newRoot makes the scope of the root module.
func (e *evaluator) newRoot(mod *module) *moduleInstance {
	m := e.newInstance(mod, "")
	for _, v := range mod.sortedVariables() {
		m.scope.Variables[v.name] = &evaluation.Cell{Name: "var." + v.name, Range: v.rng, Compute: func() cty.Value { return e.given.value(v) }}
	}
	return m
}
