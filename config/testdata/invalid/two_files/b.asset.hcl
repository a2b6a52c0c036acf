image "a" { # ERROR: Duplicate image block
  prompt = "x"
  output = "b.png"
}
