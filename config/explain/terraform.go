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

// otherFunctions tells it of functions that other languages have, by their names
// in lower case.
var otherFunctions = map[string]string{
	"env": noEnvironment, "getenv": noEnvironment, "environ": noEnvironment, "os_env": noEnvironment,
	"random": notConstant, "rand": notConstant, "randint": notConstant, "now": notConstant, "date": notConstant, "today": notConstant,
	"len": "Write length(...).", "size": "Write length(...).", "strlen": "Write length(...).",
	"str": "Write tostring(...), or the value within a text: \"${...}\".", "string": "Write tostring(...), or the value within a text: \"${...}\".",
	"int": "Write tonumber(...).", "float": "Write tonumber(...).", "number": "Write tonumber(...).", "bool": "Write tobool(...).",
	"capitalize": "Write title(...).", "replaceall": "Write replace(...).", "substring": "Write substr(...).",
	"append": "Write concat(...), which takes lists.", "push": "Write concat(...), which takes lists.",
	"read": "Write file(...).", "readfile": "Write file(...).", "read_file": "Write file(...).", "open": "Write file(...).",
	"load": "Write file(...).", "include": "Write file(...); all files *.asset.hcl of a directory are read together.",
	"exists": "Write fileexists(...).", "glob": "Write fileset(...).", "listdir": "Write fileset(...).",
	"csv": "Write csvdecode(file(...)).", "readcsv": "Write csvdecode(file(...)).", "read_csv": "Write csvdecode(file(...)).",
	"json": "Write jsondecode(file(...)).", "fromjson": "Write jsondecode(...).", "tojson": "Write jsonencode(...).",
	"yaml": "Write yamldecode(file(...)).", "fromyaml": "Write yamldecode(...).",
	"image": "Write the path of the file in quotes, or image.NAME, without a call.", "if": "Write CONDITION ? A : B.",
	"print": "A value is shown by an output block, or by assetform console.", "echo": "A value is shown by an output block, or by assetform console.",
}

const (
	noEnvironment = "Nothing is read from the environment but values of variables: write var.NAME, declare variable \"NAME\" {}, and set ASSETFORM_VAR_NAME."
	notConstant   = "Its result would differ from run to run, so that every run would generate, and pay for, the asset again. " +
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

// generating tells the same of attributes of assets and their defaults alone.
var generating = map[string]string{
	"output":              "Each asset has an output of its own: no default can give it.",
	"count":               "It stands in the block of an asset: how many there are is no default.",
	"for_each":            "It stands in the block of an asset: of what they are made is no default.",
	"lifecycle":           "It stands in the block of an asset.",
	"n":                   several,
	"num_images":          several,
	"number_of_images":    several,
	"num_outputs":         several,
	"samples":             several,
	"sample_count":        several,
	"batch_size":          several,
	"quality":             "Which model generates decides about the quality: choose it with model.",
	"steps":               unsteered,
	"num_inference_steps": unsteered,
	"cfg_scale":           unsteered,
	"guidance":            unsteered,
	"guidance_scale":      unsteered,
	"strength":            unsteered,
	"style_strength":      unsteered,
	"temperature":         unsteered,
	"sampler":             unsteered,
	"image_size":          sizes,
	"format":              formats,
	"output_format":       formats,
	"file_format":         formats,
	"media_type":          formats,
	"mime_type":           formats,
	"extension":           formats,
	"type":                formats,
	"background":          "Say in the prompt what is behind it.",
	"transparent":         "Say in the prompt what is behind it.",
	"text":                "What is to be seen is said in prompt.",
	"description":         "What is to be seen is said in prompt; notes for people stand in comments: # like this.",
	"tags":                "Notes for people stand in comments: # like this.",
	"labels":              "Notes for people stand in comments: # like this.",
	"comment":             "Notes for people stand in comments: # like this.",
	"name":                "The name is the label of the block: image \"NAME\" { ... }.",
	"title":               "The name is the label of the block: image \"NAME\" { ... }.",
	"api_key":             inProvider,
	"base_url":            inProvider,
	"endpoint":            "Where a service is, is base_url in its provider block. An asset chooses its provider with provider.",
	"aspect":              "The shape of a picture is aspect_ratio.",
	"ratio":               "The shape of a picture is aspect_ratio.",
	"orientation":         "The shape of a picture is aspect_ratio.",
	"length":              lengths,
	"seconds":             lengths,
	"duration_seconds":    lengths,
	"frame_rate":          "The service decides it.",
	"audio":               "The service takes nothing for it. Say it in the prompt.",
	"sound":               "The service takes nothing for it. Say it in the prompt.",
	"language":            "The service takes nothing for it. Say it in the prompt.",
	"reference":           "Pictures to go by are a list: references = [image.NAME, \"path.png\"].",
	"input":               takesImages,
	"inputs":              takesImages,
	"source":              takesImages,
	"source_image":        takesImages,
	"input_image":         takesImages,
	"init_image":          takesImages,
	"image_url":           takesImages + " Nothing is fetched from addresses.",
	"url":                 takesImages + " Nothing is fetched from addresses.",
	"model":               "There is no choice of models for it.",
	"references":          takesImages,
	"image":               takesImages,
	"reference_image":     takesImages,
	"start_image":         takesImages,
	"if":                  "To leave an asset out, use count = var.enabled ? 1 : 0, or remove its block.",
	"enabled":             "To leave an asset out, use count = var.enabled ? 1 : 0, or remove its block.",
}

// atTop tells the same of blocks and attributes that stand in no block.
var atTop = map[string]string{
	"img": isImage, "picture": isImage, "photo": isImage, "illustration": isImage, "icon": isImage, "asset": isImage + " Videos are declared as video \"NAME\" { ... }.",
	"movie": isVideo, "clip": isVideo, "film": isVideo, "animation": isVideo,
	"audio": "Only images and videos are generated.", "sound": "Only images and videos are generated.", "music": "Only images and videos are generated.",
	"var":     "Variables are declared as variable \"NAME\" { ... } and read as var.NAME.",
	"budget":  "It stands in the block assetform.",
	"project": "Settings of the project stand in the block assetform.", "settings": "Settings of the project stand in the block assetform.",
	"config": "Settings of the project stand in the block assetform.", "required_version": "It stands in the block assetform.",
	"lifecycle": "It stands in the block of an asset.",
	"if":        noStatement, "for": noStatement, "foreach": noStatement, "function": "There are no functions of one's own: use locals, or a module.",
	"import_file": "All files *.asset.hcl of a directory are read together.", "include": "All files *.asset.hcl of a directory are read together.",
	"prompt": inAsset, "model": inAsset, "aspect_ratio": inAsset, "seed": inAsset, "references": inAsset, "style": inAsset,
	"api_key": "It stands in a provider block.", "base_url": "It stands in a provider block.",
}

// standsFor is the attribute of this language of which a reason speaks.
var standsFor = map[string]string{
	"path": "output", "filename": "output", "file_name": "output", "file": "output", "file_path": "output", "destination": "output",
	"out": "output", "output_path": "output", "output_file": "output", "local_path": "output",
	"text": "prompt", "description": "prompt",
}

const (
	sizes       = "How large a picture is, the service decides; aspect_ratio chooses its shape. A postcondition can check self.width and self.height."
	writeOutput = "The file to write is output."
	isImage     = "Images are declared as image \"NAME\" { ... }."
	isVideo     = "Videos are declared as video \"NAME\" { ... }."
	noStatement = "There are no statements. count = CONDITION ? 1 : 0 leaves an asset out, and for_each makes one for each element."
	inAsset     = "It stands in an image or video block, or in defaults for all of a kind."
	apiKey      = "The key is api_key, best api_key = var.NAME with sensitive = true in the variable."
	several     = "One asset is one file. For several of them use count or for_each, with count.index or each.key in the output."
	unsteered   = "The service takes nothing that steers how it generates but prompt, model and seed."
	formats     = "The end of the output decides the format of the file, such as .png, .jpg or .webp."
	inProvider  = "It stands in the provider block. An asset chooses its provider with provider."
	lengths     = "How long a video is, the service decides. A postcondition can check self.duration."
	takesImages = "An image takes other images with references, or with subject, scene and style; a video takes them with image, reference_image, or start_image and end_image."
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
