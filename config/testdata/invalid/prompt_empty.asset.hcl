image "a" {
  prompt = " \n " # ERROR: Empty prompt
  output = "a.png"
}
