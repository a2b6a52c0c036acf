video "b" {
  prompt = "x"
  loop   = true # ERROR: Attribute not taken by method
  output = "b.mp4"
}
