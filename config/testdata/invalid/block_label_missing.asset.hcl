image { # ERROR: Missing name for image
  prompt = "x"
  output = "a.png"
}
