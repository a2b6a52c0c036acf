image "a" {
  prompt = "x"
  output = "art/a.png"
}
image "b" {
  subject = "art/A.png" # ERROR: Input equals an output
  output  = "b.png"
}
