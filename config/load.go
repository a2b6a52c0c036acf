package config

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"assetform/config/address"
	"assetform/config/diag"
	"assetform/config/evaluation"
	"assetform/config/functions"
	"assetform/config/worktree"

	"github.com/hashicorp/hcl/v2"
)

// Load reads and evaluates the configuration in a directory. The Project is
// never nil: with errors it holds what could be evaluated, and the files that
// diagnostics point into.
func Load(opts Options) (*Project, hcl.Diagnostics) {
	project := emptyProject()
	project.Engines = opts.Engines
	l, err := newProjectLoader(opts, project)
	if err != nil {
		return project, hcl.Diagnostics{{
			Severity: hcl.DiagError,
			Summary:  "Project directory not readable",
			Detail:   fmt.Sprintf("Cannot read the directory %q: %s.", opts.Dir, worktree.WithoutPath(err)),
		}}
	}
	defer opts.Watch.Begin(l.watched.place)()
	l.load()
	maps.Copy(project.Reads, l.sources.files.Digests())
	if l.given != nil {
		maps.Copy(project.Reads, l.given.digests)
	}
	project.Secrets = sortedKeys(l.watched.secrets)
	return project, evaluation.Sort(l.reports.Take(0))
}

// projectLoader takes the steps of Load. Each is made by a type that knows what
// it needs and no more; here they are put together.
type projectLoader struct {
	opts    Options
	project *Project
	lang    *language
	sources *sources
	watched *watched
	reports *evaluation.Reports
	ev      *evaluation.Evaluator
	given   *given // nil before modules are loaded
}

func emptyProject() *Project {
	return &Project{
		Files:     map[string]*hcl.File{},
		Providers: map[ProviderRef]*Provider{},
		Reads:     map[string][32]byte{},
		bySpec:    map[address.Address]*Spec{},
	}
}

func newProjectLoader(opts Options, project *Project) (*projectLoader, error) {
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
	files, err := worktree.OpenFiles(root, dir)
	if err != nil {
		return nil, err
	}
	files.Tell(opts.Witness)
	project.Dir, project.Root = dir, root
	reports, watched := &evaluation.Reports{}, &watched{files: project.Files, secrets: map[string]bool{}}
	l := &projectLoader{
		opts: opts, project: project, lang: newLanguage(opts.Engines),
		sources: &sources{files: files, rootDir: files.Below, watched: watched},
		watched: watched, reports: reports,
	}
	l.ev = evaluation.New(reports, &watched.position, l.lang.kinds...)
	project.console = &console{files: files, watch: opts.Watch, watched: watched, reports: reports, ev: l.ev}
	return l, nil
}

// load does all that Load promises, one step behind the other.
func (l *projectLoader) load() {
	if embedded := l.lang.embedded().Type; l.opts.Provider != "" && l.opts.Provider != embedded {
		l.reports.Add(&hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "Unknown provider override",
			Detail: fmt.Sprintf("Every asset can be made by the provider %q instead of its own, not by %q.%s",
				embedded, l.opts.Provider, diag.Suggest(l.opts.Provider, []string{embedded})),
		})
	}
	modules := &moduleLoader{lang: l.lang, sources: l.sources, reports: l.reports, modules: map[string]*module{}}
	mod, err := modules.load(l.sources.rootDir, nil)
	if err != nil {
		l.reports.Add(&hcl.Diagnostic{
			Severity: hcl.DiagError,
			Summary:  "No configuration found",
			Detail:   fmt.Sprintf("Cannot load the directory %q: %s.%s", l.project.Dir, strings.TrimSuffix(err.Error(), "."), l.howToBegin(err)),
		})
		return
	}
	modules.checkVersions(l.opts.ToolVersion)
	l.project.allowed = readAllowed(l.opts.Engines, l.opts.Environ, l.reports)
	if modules.broken {
		return // what a broken file declares would be missing everywhere
	}
	l.given = newGiven(l.opts, mod, l.project.Root, l.sources, l.reports)
	l.given.needKeys = l.opts.NeedKeys && l.opts.Provider != l.lang.embedded().Type
	l.given.collect()
	root, assets := l.evaluate(mod)
	if root == nil {
		return
	}
	l.project.Specs = newLinker(l.lang, l.sources, l.reports, assets.failed, len(assets.links)).linkAll(assets.links)
	l.project.bySpec = make(map[address.Address]*Spec, len(l.project.Specs))
	for _, s := range l.project.Specs {
		l.project.bySpec[s.Address] = s
	}
	buildGraph(l.project, l.reports)
	if modules.refactors() {
		readRefactoring(l.project, l.reports, root)
	}
}

// howToBegin says what to do where no configuration stands: begin with one, or
// give what looks like one the name that is read.
func (l *projectLoader) howToBegin(err error) string {
	if !errors.Is(err, errNoConfiguration) {
		return ""
	}
	all, _ := l.sources.files.Names(l.sources.rootDir)
	for _, name := range all {
		for _, ext := range []string{".tf", ".tf.json", ".hcl", ".asset.json5", ".asset"} {
			stem, found := strings.CutSuffix(name, ext)
			if found && stem != "" && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, ".vars.hcl") && name != "terraform.lock.hcl" {
				suffix := nativeSuffix
				if strings.Contains(ext, "json") {
					suffix = jsonSuffix
				}
				return fmt.Sprintf(" Is %q one? Only files with such a name are read: call it %q.", name, stem+suffix)
			}
		}
	}
	return ` "assetform init" writes one to begin with.`
}

// evaluate computes everything below the root module. The instance is nil when
// there are too many to go on with.
func (l *projectLoader) evaluate(mod *module) (*moduleInstance, *assetEvaluator) {
	expander := evaluation.NewExpander(l.ev)
	assets := &assetEvaluator{
		lang: l.lang, ev: l.ev, expander: expander, reports: l.reports, watched: l.watched, watch: l.opts.Watch,
		choice:  &providerChoice{lang: l.lang, reports: l.reports, declared: mod.providers, override: l.opts.Provider != ""},
		rootDir: l.sources.rootDir, failed: map[string]bool{},
	}
	modules := &moduleEvaluator{
		ev: l.ev, expander: expander, reports: l.reports, functions: functions.New(l.sources.files),
		rootDir: l.sources.rootDir, watched: l.watched, given: l.given, declareAssets: assets.declare,
		scopes: map[string][]*evaluation.Scope{}, namesOnly: l.opts.NamesOnly,
	}
	root := modules.newRoot(mod)
	l.project.console.root, l.project.console.scopes = root.scope, modules.scopes
	modules.evaluateAll(root)
	if l.opts.NamesOnly {
		return nil, nil
	}
	providers := &providerReader{lang: l.lang, root: root, ev: l.ev, reports: l.reports, given: l.given, watched: l.watched}
	l.project.Providers = providers.providers(l.opts.Provider)
	l.project.Placeholders = l.opts.Provider != "" && slices.ContainsFunc(mod.providers, func(p *providerDecl) bool { return p.ref.Type != l.opts.Provider })
	settings := &settingsReader{schema: l.lang.assetform, ev: l.ev, reports: l.reports, scope: root.scope}
	l.project.Budget, l.project.Prices, l.project.Remote = settings.read(mod.settings)
	l.project.Provenance = settings.provenance(mod.provenance)
	l.project.Variables = l.given.variables(root)
	l.project.Outputs = root.outputs(l.reports)
	if expander.TooMany() {
		return nil, nil
	}
	return root, assets
}
