image "a" "b" { # ERROR: Extraneous label for image
  prompt = "x"
  output = "a.png"
}
