image "a" {
  prompt     = "x"
  references = [] # ERROR: Wrong number of references
  output     = "a.png"
}
