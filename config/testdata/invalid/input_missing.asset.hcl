image "b" {
  subject = "refs/nothing.png" # ERROR: Input image not found
  output  = "b.png"
}
