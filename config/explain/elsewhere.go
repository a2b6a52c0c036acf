package explain

// otherFunctions tells of functions that other languages have, by their names
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

// generating tells of attributes of assets and their defaults alone.
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
	"quality":             "Which model generates decides about the quality: an image chooses it with model.",
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

// atTop tells of blocks and attributes that stand in no block.
var atTop = map[string]string{
	"img": isImage, "picture": isImage, "photo": isImage, "illustration": isImage, "icon": isImage, "asset": isImage + " Videos are declared as video \"NAME\" { ... }.",
	"movie": isVideo, "clip": isVideo, "film": isVideo, "animation": isVideo,
	"audio": "Only images and videos are generated.", "sound": "Only images and videos are generated.", "music": "Only images and videos are generated.",
	"var":     "Variables are declared as variable \"NAME\" { ... } and read as var.NAME.",
	"budget":  "It stands in the block assetform.",
	"prices":  "It stands in the block assetform.",
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
	isImage       = "Images are declared as image \"NAME\" { ... }."
	isVideo       = "Videos are declared as video \"NAME\" { ... }."
	noStatement   = "There are no statements. count = CONDITION ? 1 : 0 leaves an asset out, and for_each makes one for each element."
	inAsset       = "It stands in an image or video block, or in defaults for all of a kind."
	apiKey        = "The key is api_key, best api_key = var.NAME with sensitive = true in the variable."
	several       = "One asset is one file. For several of them use count or for_each, with count.index or each.key in the output."
	unsteered     = "The service takes nothing of the kind. What it is told stands in the prompt."
	formats       = "The end of the output decides the format of the file, such as .png, .jpg or .webp."
	inProvider    = "It stands in the provider block. An asset chooses its provider with provider."
	lengths       = "How long a video is, the service decides. A postcondition can check self.duration."
	takesImages   = "An image takes other images with references, or with subject, scene and style; a video takes them with image, reference_image, or start_image and end_image."
	noEnvironment = "Nothing is read from the environment but values of variables: write var.NAME, declare variable \"NAME\" {}, and set ASSETFORM_VAR_NAME."
)
