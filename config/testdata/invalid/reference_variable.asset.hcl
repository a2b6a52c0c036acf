variable "style" { default = "x" }
image "a" {
  prompt = var.stile # ERROR: Reference to undeclared variable
  output = "a.png"
}
