image "b" {
  prompt     = "x"
  references = [3] # ERROR: Invalid value of references
  output     = "b.png"
}
