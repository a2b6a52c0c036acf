image "a" {
  prompt = "x"
  output = "a.png"
}
