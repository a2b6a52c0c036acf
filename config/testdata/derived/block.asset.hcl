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
variant "p" {
  plate  = image.a
  edge   = true # ERROR: Unsupported argument
  depth  = 1 # ERROR: Unsupported argument
  output = "p.png"
}
variant "q" {
  plate = image.a
  edge {
    depth = "deep" # ERROR: Invalid value of depth
    shape = "oval" # ERROR: Unsupported value of shape
    dept  = 1 # ERROR: Unsupported argument
    at    = [1] # ERROR: Invalid value of at
  }
  edge {} # ERROR: Duplicate edge block
  output = "q.png"
}
variant "r" {
  plate = image.a
  edge "x" {} # ERROR: Extraneous label for edge
  output = "r.png"
}
defaults "variant" {
  edge {} # ERROR: Unsupported block type
}
atlas "s" {
  parts = [image.a]
  edge {} # ERROR: Unsupported block type
  output = "s.png"
}
variant "t" {
  plate = image.a
  edge { depth = each.value } # ERROR: Invalid use of each
  lifecycle {
    ignore_changes = [
      tone,
      edge_depth, # ERROR: Unknown attribute in ignore_changes
      alt,        # ERROR: Unknown attribute in ignore_changes
      provider,   # ERROR: Unknown attribute in ignore_changes
      egde,       # ERROR: Unknown attribute in ignore_changes
    ]
  }
  output = "t.png"
}
