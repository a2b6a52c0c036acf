image "a" {
  prompt = "x"
  output = "art/a.png"
}
image "b" {
  prompt = "x"
  output = "art/a.png/b.png" # ERROR: Output inside other output
}
