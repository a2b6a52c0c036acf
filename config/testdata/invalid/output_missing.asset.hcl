image "a" { # ERROR: Missing required argument
  prompt = "x"
}
