image "b" {
  prompt     = "x"
  references = [null] # ERROR: Invalid value of references
  output     = "b.png"
}
