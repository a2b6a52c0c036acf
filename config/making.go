package config

import (
	"errors"

	"assetform/config/engine"

	"github.com/hashicorp/hcl/v2"
)

// cannotMake reports all that a derived asset cannot be made with, each at the
// setting that is wrong, if it is one.
func (l *linker) cannotMake(s *Spec, err error) {
	if several, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range several.Unwrap() {
			l.cannotMake(s, one)
		}
		return
	}
	l.reports.Report(s.settingRange(err), "Asset cannot be derived", "%s: %s.", s.Address, err)
}

// settingRange is where the setting stands that an error is of, the head of the
// block where it is of none.
func (s *Spec) settingRange(err error) hcl.Range {
	var wrong *engine.SettingError
	if errors.As(err, &wrong) {
		for _, p := range s.Params {
			if p.Name == wrong.Key {
				return p.Range
			}
		}
	}
	return s.Range
}
