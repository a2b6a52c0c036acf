image "logo" {
  prompt = "x"
  output = "logo.png"
}
