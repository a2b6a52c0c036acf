package explain

// Functions tells of functions that people know from Terraform why they are
// not there, by their names.
var Functions = map[string]string{
	"timestamp":       notConstant,
	"plantimestamp":   notConstant,
	"uuid":            notConstant,
	"bcrypt":          notConstant,
	"rsadecrypt":      "A private key has no place in an asset configuration.",
	"abspath":         perMachine + " Paths are relative to the file they are written in.",
	"pathexpand":      perMachine + " Files outside the project cannot be read.",
	"base64gzip":      "Its result depends on the version of the compressor, so that an upgrade would regenerate assets.",
	"uuidv5":          `Use sha1 or sha256 of the name instead, for example sha1("name").`,
	"ephemeralasnull": "There are no ephemeral values here.",
	"list":            `Write a list in brackets, for example ["a", "b"], or use tolist.`,
	"map":             `Write a map in braces, for example { key = "value" }, or use tomap.`,
	"type":            "It is a command of the console only.",
	"defaults":        `Give defaults in the type of the variable: optional(string, "value").`,
}

const (
	notConstant = "Its result would differ from run to run, so that every run would generate, and pay for, the asset again. " +
		`Use a variable, or raise "revision" to ask for another take.`
	perMachine = "Its result differs from one machine to another."
)

// blocks tells the same of blocks.
var blocks = map[string]string{
	"resource":           `Assets are declared by their kind: image "NAME" { ... } or video "NAME" { ... }.`,
	"data":               "Nothing is read from other systems. Files of the project are read by functions: file, csvdecode(file(...)), yamldecode, fileset.",
	"terraform":          "Settings of the project stand in the block assetform, providers in provider blocks; nothing is installed, and the lock in git is the state.",
	"ephemeral":          "There are no ephemeral values. Mark a variable with sensitive = true instead.",
	"check":              conditions,
	"precondition":       conditions,
	"postcondition":      conditions,
	"validation":         conditions,
	"action":             "Nothing is run beside generating. Run a command before or after assetform apply.",
	"provisioner":        "Nothing is run on an asset. Run a command after assetform apply.",
	"connection":         "Nothing is run on an asset. Run a command after assetform apply.",
	"timeouts":           "How long to wait is a flag: assetform apply --timeout 10m.",
	"backend":            "The lock, assetform.lock.json, is the state, and git keeps it.",
	"cloud":              "The lock, assetform.lock.json, is the state, and git keeps it.",
	"required_providers": "Providers are built in. A provider block names the one to use.",
	"provider_meta":      "Providers are built in. A provider block names the one to use.",
}

const conditions = "A condition stands as validation in a variable, or as precondition or postcondition in the lifecycle of an asset."

// attributes tells the same of attributes, and of some that people know from
// other generators.
var attributes = map[string]string{
	"depends_on": "An asset is generated after the images that it takes, without being told. " +
		"To generate it again when another asset changes, name that one in lifecycle { replace_triggered_by = [...] }.",
	"create_before_destroy": "It is always so: the old file stays until the new one is there.",
	"triggers":              "Name assets in lifecycle { replace_triggered_by = [...] }, or raise revision.",
	"triggers_replace":      "Name assets in lifecycle { replace_triggered_by = [...] }, or raise revision.",
	"version":               "There are no versions of modules and providers: a module is a directory of the project, providers are built in.",
	"providers":             "Modules take the providers of the root module; an asset chooses one with provider.",
	"required_providers":    "Providers are built in. A provider block names the one to use.",
	"experiments":           "There are no experiments.",
	"ephemeral":             "There are no ephemeral values. Use sensitive = true.",
	"deprecated":            "Say it in the description.",
	"id":                    "The file to import is the one that stands at the asset's output path.",

	"duration":        lengths,
	"fps":             "The service decides it.",
	"width":           sizes,
	"height":          sizes,
	"size":            sizes,
	"resolution":      sizes,
	"negative_prompt": "The service takes none. Say in the prompt what is not to be seen.",
	"path":            writeOutput,
	"filename":        writeOutput,
	"file_name":       writeOutput,
	"file":            writeOutput,
	"file_path":       writeOutput,
	"destination":     writeOutput,
	"out":             writeOutput,
	"output_path":     writeOutput,
	"output_file":     writeOutput,
	"local_path":      writeOutput,

	"required":     "A variable without a default needs a value; it need not be said.",
	"key":          apiKey,
	"apikey":       apiKey,
	"token":        apiKey,
	"secret":       apiKey,
	"secret_key":   apiKey,
	"access_key":   apiKey,
	"url":          "The address of a service is base_url in its provider block.",
	"host":         "The address of a service is base_url in its provider block.",
	"max_parallel": "How many requests run at once is max_concurrent in a provider block.",
	"concurrency":  "How many requests run at once is max_concurrent in a provider block.",
}

const (
	sizes       = "How large a picture is, the service decides; aspect_ratio chooses its shape. A postcondition can check self.width and self.height."
	writeOutput = "The file to write is output."
)

// roots tells the same of names that a reference begins with.
var roots = map[string]string{
	"terraform": "There are no workspaces and there is no state to ask. Use a variable, such as var.environment with --var environment=test.",
	"tofu":      "There are no workspaces and there is no state to ask. Use a variable, such as var.environment with --var environment=test.",
	"data":      "Nothing is read from other systems. Files of the project are read by functions: file, csvdecode(file(...)), yamldecode, fileset.",
	"resource":  "Refer to an asset by its kind and name: image.NAME or video.NAME.",
	"ephemeral": "There are no ephemeral values. Use a variable with sensitive = true.",
	"output":    "An output is read by the caller of the module, as module.NAME.OUTPUT. Here, use the value itself, or a local value.",
	"provider":  "A provider has no values. An asset chooses one with provider = TYPE.ALIAS.",
}

// Root tells why nothing has the name that a reference begins with, and what to
// use, behind a sentence that has ended; empty where Terraform has no such name
// either.
func Root(name string) string { return behind(roots[name]) }

// Path does so for the attributes of path.
func Path(name string) string {
	if name == "cwd" {
		return " The current directory differs from one machine to another. Paths are relative to the file they are written in."
	}
	return ""
}

// Asset does so for the attributes of an asset in an expression.
func Asset(name string) string {
	switch name {
	case "width", "height", "bytes", "duration", "media_type":
		return behind("What the file is like is known only when it is there: a postcondition can check self." + name + ".")
	case "id", "arn":
		return behind("What names an asset is its address, what names its file its path.")
	case "content", "content_base64", "filename", "output", "file":
		return behind("The file that it writes is its path.")
	case "url", "image", "data", "result", "base64":
		return behind("Where a picture is wanted, name the asset alone, such as image.NAME.")
	}
	return ""
}

// Module does so for the attributes of a module block that are no variables.
func Module(name string) string {
	switch name {
	case "depends_on", "providers", "version":
		return behind(attributes[name])
	}
	return ""
}

func behind(reason string) string {
	if reason == "" {
		return ""
	}
	return " " + reason
}
