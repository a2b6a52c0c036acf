locals { style = "x" }
image "a" {
  prompt = local.stile # ERROR: Reference to undeclared local value
  output = "a.png"
}
