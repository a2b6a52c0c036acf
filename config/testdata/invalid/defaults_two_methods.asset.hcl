image "a" {
  subject = "b.png"
  output  = "a.png"
}
defaults "image" {
  references = ["a.png"]
  subject    = "a.png" # ERROR: Inputs of two methods
}
image "b" {
  prompt = "x"
  output = "b.png"
}
