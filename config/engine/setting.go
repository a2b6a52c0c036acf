package engine

// A SettingError says what is wrong with one setting of what is to be derived.
type SettingError struct {
	Key string // of the parameter
	Err error
}

func (e *SettingError) Error() string { return e.Err.Error() }

func (e *SettingError) Unwrap() error { return e.Err }
