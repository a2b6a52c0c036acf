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
export "file" {
  members = [image.a, "ref.png"] # ERROR: File in place of asset
  form    = "list"
  output  = "file.json"
}
export "one" {
  members = image.a # ERROR: Invalid value of members
  form    = "list"
  output  = "one.json"
}
export "none" {
  members = [] # ERROR: Wrong number of members
  form    = "list"
  output  = "none.json"
}
export "number" {
  members = [image.b, 1] # ERROR: Invalid value of members
  form    = "list"
  output  = "number.json"
}
export "of_export" {
  members = [export.fine] # ERROR: Export as input image
  form    = "list"
  output  = "of_export.json"
}
export "form" { # ERROR: Missing form of asset
  members = [image.a]
  output  = "form.json"
}
export "alt" {
  members = [image.a]
  form    = "list"
  alt     = "x" # ERROR: Unsupported argument
  output  = "alt.json"
}
export "fine" {
  members = [image.b]
  form    = "list"
  output  = "fine.json"
}
export "no_file" {
  members = [image.a]
  form    = "list"
  head    = "head.txt" # ERROR: Input file not found
  output  = "no_file.json"
}
export "asset" {
  members = [image.a]
  form    = "list"
  head    = "fine.json" # ERROR: Asset in place of file
  output  = "asset.json"
}
export "number_of_file" {
  members = [image.a]
  form    = "list"
  head    = 1 # ERROR: Invalid value of head
  output  = "number_of_file.json"
}
