image "a b" { # ERROR: Invalid name of block
  prompt = "x"
  output = "a.png"
}
