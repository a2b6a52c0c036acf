provider "imaginator" {
  alias = "fast"
}
image "a" {
  prompt   = "x"
  provider = imaginator.fats # ERROR: Reference to undeclared provider
  output   = "a.png"
}
