image "a" {
  prompt = "x"
  output = "a.png"
}
removed {
  from = image.a # ERROR: Removed asset still declared
}
