locals {
  path = image.a.path # ERROR: Cycle of references
}
image "a" {
  prompt = local.path
  output = "a.png"
}
