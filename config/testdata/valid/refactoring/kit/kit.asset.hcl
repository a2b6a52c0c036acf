image "logo" {
  prompt = "Logo"
  output = "logo.png"
}
