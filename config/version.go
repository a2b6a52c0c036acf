package config

import "github.com/hashicorp/go-version"

// checkVersions checks required_version of every module.
func (l *moduleLoader) checkVersions(tool string) {
	current, err := version.NewVersion(tool)
	for _, dir := range sortedKeys(l.modules) {
		for _, s := range l.modules[dir].settings {
			if s.version == nil {
				continue
			}
			d := &decoder{}
			text := d.text(s.version)
			l.reports.Add(d.diags...)
			if d.diags.HasErrors() {
				continue
			}
			at := s.version.Expr.Range()
			constraints, constraintErr := version.NewConstraint(text)
			switch {
			case constraintErr != nil:
				l.reports.Report(at, "Invalid version constraint", "%q is no version constraint; write one like \">= 0.1.0\" or \"~> 1.2\".", text)
			// A build from a working tree has no version to compare. One that
			// leads up to a release counts as that release.
			case err == nil && !constraints.Check(current.Core()):
				l.reports.Report(at, "Unsupported version of assetform", "This is assetform %s, but the configuration requires %s. Install a version that fits, "+
					"or change required_version.", current, text)
			}
		}
	}
}
