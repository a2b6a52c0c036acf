image "a" {
  prompt = "x ${self.width}" # ERROR: Invalid use of self
  output = "a.png"
}
