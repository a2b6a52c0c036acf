image "a" {
  prompt = "x"
  output = "a.png"
}
image "b" {
  count  = 2
  prompt = "x"
  output = "b${count.index}.png"
}
video "v" {
  prompt = "x"
  output = "v.mp4"
}
variant "none" { # ERROR: Missing plate of asset
  output = "none.png"
}
variant "all" {
  plate  = image.b # ERROR: Invalid value of plate
  output = "all.png"
}
variant "export" {
  plate  = export.e # ERROR: Export as input image
  output = "export.png"
}
variant "missing" {
  plate  = "ref.png" # ERROR: Input image not found
  output = "missing.png"
}
variant "words" {
  plate  = "a knight" # ERROR: Input image not found
  output = "words.png"
}
variant "quoted" {
  plate  = "variant.words" # ERROR: Input image not found
  output = "quoted.png"
}
image "of_export" {
  prompt     = "x"
  references = [export.e] # ERROR: Export as input image
  model      = "nano_banana"
  output     = "of_export.png"
}
variant "undeclared" {
  plate  = image.export # ERROR: Reference to undeclared asset
  output = "undeclared.png"
}
variant "bare" {
  plate  = words # ERROR: Unknown name in expression
  output = "bare.png"
}
export "e" {
  members = [image.a]
  form    = "list"
  output  = "e.json"
}
