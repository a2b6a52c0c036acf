image "a" {
  prompt = "x"
  output = "a.png"
}
image "a" { # ERROR: Duplicate image block
  prompt = "y"
  output = "b.png"
}
